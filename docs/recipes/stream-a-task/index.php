<!doctype html>
<meta charset="utf-8">
<title>Search</title>
<form><input name="word" value="<?= htmlspecialchars($_GET['word'] ?? 'snapshot') ?>"> <button>Search</button></form>
<ol></ol>
<p></p>
<script>
const said = document.querySelector('p');
const events = new EventSource('search.php?word=' + encodeURIComponent(document.querySelector('input').value));
events.addEventListener('match', event => {
    const match = JSON.parse(event.data);
    const item = document.querySelector('ol').appendChild(document.createElement('li'));
    item.textContent = `${match.document}:${match.line} ${match.text}`;
});
for (const end of ['done', 'failed']) {
    events.addEventListener(end, event => {
        events.close();     // or the browser would ask again
        const data = JSON.parse(event.data);
        said.textContent = end === 'done' ? `${data.matches} matches in ${data.documents} documents` : data.why;
    });
}
events.onerror = () => { events.close(); said.textContent = 'the connection is lost'; };
</script>
