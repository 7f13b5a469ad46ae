import { get as getPlain } from 'node:http';
import { get as getOverTls } from 'node:https';

/** Ends with 0 when the server of this machine is ready; asked by the container's health check. */
const { HTTP_PORT = '8080', TLS_CERT = '' } = process.env;
const get = TLS_CERT === '' ? getPlain : getOverTls;
// The certificate is for the public name, and the question does not leave the machine.
const options = { host: '127.0.0.1', port: HTTP_PORT, path: '/readyz', rejectUnauthorized: false };

get(options, (answer) => process.exit(answer.statusCode === 200 ? 0 : 1)).on('error', (error) => {
  process.stderr.write(`${error.message}\n`);
  process.exit(1);
});
