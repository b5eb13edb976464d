// Connects to HOST:PORT as the SDKs do, trusting nothing but the CA in FILE; prints the protocol, or why not.
// Usage: node tls.mjs HOST PORT FILE
import { readFileSync } from 'node:fs';
import { connect } from 'node:tls';

const [host, port, file] = process.argv.slice(2);
const socket = connect({ host, port: Number(port), ca: readFileSync(file) }, () => {
  console.log(socket.getProtocol());
  socket.end();
});
socket.on('error', e => console.log(e.code ?? e.message));
