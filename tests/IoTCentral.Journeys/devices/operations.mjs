// Lists the public operations of Microsoft's Node clients, from their prototypes, one "Class.operation" a line.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const device = require('azure-iot-device');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt } = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const provisioning = ProvisioningDeviceClient.create(
  'host', 'scope', new Mqtt(), new SymmetricKeySecurityClient('id', 'a2V5'));

// what every EventEmitter and object has is no operation of a client
const known = new Set(Object.getOwnPropertyNames(require('node:events').prototype).concat(Object.getOwnPropertyNames(Object.prototype)));
const operations = (name, prototype) => {
  const found = new Set();
  for (let p = prototype; p && p !== Object.prototype; p = Object.getPrototypeOf(p))
    for (const n of Object.getOwnPropertyNames(p)) if (!n.startsWith('_') && !known.has(n)) found.add(`${name}.${n}`);
  return [...found];
};

console.log([
  ...operations('Client', device.Client.prototype),
  ...operations('ModuleClient', device.ModuleClient.prototype),
  ...operations('Twin', device.Twin.prototype),
  ...operations('ProvisioningDeviceClient', Object.getPrototypeOf(provisioning)),
].sort().join('\n'));
process.exit(0);
