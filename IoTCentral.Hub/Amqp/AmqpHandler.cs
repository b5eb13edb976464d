using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Doors;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Amqp;

/// <summary>The door of AMQP connections, over TLS or a WebSocket.</summary>
internal sealed class AmqpHandler(AmqpNodes nodes, HubMetrics metrics, TimeProvider time, ILogger<AmqpHandler> logger)
    : ConnectionDoor(metrics, time, logger)
{
    protected override IDeviceConnection Make(ConnectionContext transport) => new AmqpConnection(transport, nodes);
}
