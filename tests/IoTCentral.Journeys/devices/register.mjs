// Registers a device as Microsoft's Node SDK does: node register.mjs TRANSPORT HOST ID_SCOPE ID KEY MODEL
// Says what it was told, or the error's name, as one line of JSON.
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);
const { ProvisioningDeviceClient } = require('azure-iot-provisioning-device');
const mqtt = require('azure-iot-provisioning-device-mqtt');
const amqp = require('azure-iot-provisioning-device-amqp');
const { Http } = require('azure-iot-provisioning-device-http');
const { SymmetricKeySecurityClient } = require('azure-iot-security-symmetric-key');
const transports = { mqtt: mqtt.Mqtt, 'mqtt-ws': mqtt.MqttWs, amqp: amqp.Amqp, 'amqp-ws': amqp.AmqpWs, http: Http };

const [transport, host, scope, id, key, modelId] = process.argv.slice(2);
const client = ProvisioningDeviceClient.create(
  host, scope, new transports[transport](), new SymmetricKeySecurityClient(id, key));
if (modelId) client.setProvisioningPayload({ modelId });
try {
  const { assignedHub, deviceId, status } = await client.register();
  console.log(JSON.stringify({ assignedHub, deviceId, status }));
} catch (e) {
  console.log(JSON.stringify({ error: e.name }));
}
process.exit(0);
