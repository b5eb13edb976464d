using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Mqtt;

/// <summary>The door of MQTT connections, over TLS or a WebSocket.</summary>
internal sealed class MqttHandler(
    ConnectionGate gate,
    SessionRegistry sessions,
    HubMetrics metrics,
    TimeProvider time,
    ILogger<MqttHandler> logger
) : ConnectionDoor(metrics, time, logger)
{
    protected override IDeviceConnection Make(ConnectionContext transport) =>
        new MqttConnection(transport, gate, Time, Logger);

    protected override void Ticked() => sessions.Tidy();
}
