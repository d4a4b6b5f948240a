// A web server in front of php-node, as its users write it. Ends in order when asked for /stop: from the first PHP request
// on, PHP's deferred signals take SIGTERM from node's handler, and the process dies of it.
'use strict';
const http = require('http');
const { Php, Request, Headers } = require(process.env.PHP_NODE);

const php = new Php({ docroot: process.argv[3] });
const [host, port] = process.argv[2].split(':');

const server = http.createServer((incoming, outgoing) => {
  if (incoming.url === '/stop') {
    outgoing.end();
    server.close();
    return;
  }
  const headers = new Headers();
  for (const [name, value] of Object.entries(incoming.headers)) {
    headers.set(name, String(value));
  }
  php.handleRequest(new Request({ method: incoming.method, url: `http://${host}${incoming.url}`, headers })).then((response) => {
    const rawHeaders = [];
    for (const [name, value] of response.headers.entries()) {
      rawHeaders.push(name, value);
    }
    if (response.log.length > 0) {
      process.stderr.write(response.log);
    }
    outgoing.writeHead(response.status, rawHeaders);
    outgoing.end(response.body);
  }, (error) => {
    console.error(`host: ${error}`);
    outgoing.writeHead(599);
    outgoing.end(String(error));
  });
});
server.listen({ host, port: Number(port), backlog: 1024 });
