// Many requests in flight at once, without a web server between. Prints what came back, counted.
'use strict';
const { Php, Request } = require(process.env.PHP_NODE);
const [root, script, count] = process.argv.slice(2);
const php = new Php({ docroot: root });

async function main() {
  const seen = {};
  await Promise.all(Array.from({ length: Number(count) }, async (_, i) => {
    const response = await php.handleRequest(new Request({ url: `http://localhost/${script}?n=${i}` }));
    const body = response.body.toString();
    const answer = `${response.status} ${body === `own ${i}` ? 'own' : body} log:${response.log} exception:${response.exception}`;
    seen[answer] = (seen[answer] || 0) + 1;
  }));
  console.log(JSON.stringify(seen));
}
main();
