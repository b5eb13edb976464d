// Lists the public operations of Microsoft's Node clients, from their prototypes and their constructors, one
// "Class.operation" a line.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const device = require('azure-iot-device');
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const { Mqtt } = require('azure-iot-provisioning-device-mqtt');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const { X509Security } = require('azure-iot-security-x509');
const registering = security => ProvisioningDeviceClient.create('host', 'scope', new Mqtt(), security);

// what every EventEmitter, function and object has is no operation of a client
const names = Object.getOwnPropertyNames;
const known = new Set([require('node:events').prototype, Object.prototype, Function.prototype].flatMap(names));
known.add('prototype');
const found = new Set();
const add = (name, from) => {
  for (let p = from; p && p !== Object.prototype && p !== Function.prototype; p = Object.getPrototypeOf(p))
    for (const n of names(p))
      if (!n.startsWith('_') && !known.has(n) && typeof p[n] === 'function') found.add(`${name}.${n}`);
};

for (const name of ['Client', 'ModuleClient', 'Twin']) {
  add(name, device[name].prototype);
  for (const n of names(device[name]))
    if (!n.startsWith('_') && !known.has(n) && typeof device[name][n] === 'function') found.add(`${name}.${n}`);
}
add('ProvisioningDeviceClient', Object.getPrototypeOf(registering(new SymmetricKeySecurityClient('id', 'a2V5'))));
add('ProvisioningDeviceClient', Object.getPrototypeOf(registering(new X509Security('id', {}))));
found.add('ProvisioningDeviceClient.create');
console.log([...found].sort().join('\n'));
process.exit(0);
