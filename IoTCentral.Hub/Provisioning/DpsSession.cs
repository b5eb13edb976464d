using System.Globalization;
using System.Text;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Mqtt;
using IoTCentral.Hub.Twins;

namespace IoTCentral.Hub.Provisioning;

/// <summary>Somebody who registers over MQTT (contract §3.1): asks once or polls, is told its hub.</summary>
internal sealed class DpsSession(MqttConnection connection, HubServices hub, Registrant registrant) : Session
{
    private const string Filter = "$dps/registrations/res/#";

    private readonly RegistrationDesk _desk = new(hub, registrant, connection.Origin.ToRegister(registrant.Proof));
    private readonly RequestQueue _requests = new(connection, hub.Logger);
    private int _qos = -1;

    public override DateTimeOffset TokenEnds => registrant.TokenEnds;

    public override ValueTask PublishAsync(in PublishPacket packet)
    {
        var register = "$dps/registrations/PUT/iotdps-register/?"u8;
        var status = "$dps/registrations/GET/iotdps-get-operationstatus/?"u8;
        if (packet.Topic.StartsWith(register) && TopicQuery.TryRead(packet.Topic[register.Length..], out var query))
        {
            var body = packet.Body.ToArray();
            return AskAsync(packet.PacketId, body.Length, query, () => _desk.RegisterAsync(body, connection.Ended));
        }

        if (packet.Topic.StartsWith(status) && TopicQuery.TryRead(packet.Topic[status.Length..], out query))
        {
            var operation = query.OperationId ?? "";
            return AskAsync(packet.PacketId, 0, query, () => _desk.FindAsync(operation, connection.Ended));
        }

        var topic = DeviceSession.Short(Encoding.UTF8.GetString(packet.Topic));
        var closing = new Closing(
            ConnectionCode.BadTopic,
            $"While registering it published to '{topic}'. Telemetry goes to the hub, on a connection of its own."
        );
        hub.Log.Write(
            registrant.Application.TenantId,
            null,
            registrant.DeviceId,
            ConnectionEvent.Disconnected,
            (closing.Code, closing.Detail),
            connection.Origin.ToRegister(registrant.Proof)
        );
        connection.Close(closing);
        return default;
    }

    public override int? Subscribe(string filter, int qos)
    {
        if (filter != Filter)
            return null;
        Volatile.Write(ref _qos, qos);
        return qos;
    }

    public override void Unsubscribe(string filter)
    {
        if (filter == Filter)
            Volatile.Write(ref _qos, -1);
    }

    public override ValueTask EndAsync(Closing closing) => default;

    private ValueTask AskAsync(ushort packetId, int bytes, TopicQuery query, Func<Task<RegistrationAnswer>> ask) =>
        _requests.AddAsync(
            packetId,
            200 + bytes,
            async () => Packet(query, await ask()),
            () => Packet(query, RegistrationAnswer.Unavailable(hub.Time.GetUtcNow()))
        );

    private byte[]? Packet(TopicQuery query, RegistrationAnswer answer)
    {
        var qos = Volatile.Read(ref _qos);
        if (qos < 0)
            return null;
        var suffix = answer.RetryAfter is { } seconds ? $"&retry-after={seconds}" : "";
        // exactly two $ in it, or Python's client stumbles (contract §0 trap 5)
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$dps/registrations/res/{answer.Status}/?$rid={query.RequestId}{suffix}"
        );
        return PacketWriter.Publish(topic, answer.Json, connection.Ids.Next(qos));
    }
}
