using System.Globalization;
using System.Net;
using System.Text;
using System.Text.Json;
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

    private readonly RequestQueue _requests = new(connection, hub.Logger);
    private int _qos = -1;

    public override DateTimeOffset TokenEnds => registrant.TokenEnds;

    public override ValueTask PublishAsync(in PublishPacket packet)
    {
        var register = "$dps/registrations/PUT/iotdps-register/?"u8;
        var status = "$dps/registrations/GET/iotdps-get-operationstatus/?"u8;
        if (packet.Topic.StartsWith(register) && TopicQuery.TryRead(packet.Topic[register.Length..], out var query))
            return RegisterAsync(packet.PacketId, query, packet.Body.ToArray());
        if (packet.Topic.StartsWith(status) && TopicQuery.TryRead(packet.Topic[status.Length..], out query))
            return StatusAsync(packet.PacketId, query);

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
            From
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

    private ValueTask RegisterAsync(ushort packetId, TopicQuery query, byte[] body) =>
        _requests.AddAsync(
            packetId,
            200 + body.Length,
            async () =>
            {
                if (!RegisterBody.TryRead(body, registrant.RegistrationId, out var payload, out var fault))
                    return Refuse(400, 400004, query, fault);
                var result = await hub.Provisioner.RegisterAsync(registrant, payload, connection.Ended);
                hub.Log.Registered(registrant, result, From);
                return Answer(query, result);
            },
            () => Unavailable(query)
        );

    private ValueTask StatusAsync(ushort packetId, TopicQuery query) =>
        _requests.AddAsync(
            packetId,
            200,
            async () =>
                Answer(query, await hub.Provisioner.FindAsync(registrant, query.OperationId ?? "", connection.Ended)),
            () => Unavailable(query)
        );

    private byte[]? Answer(TopicQuery query, RegistrationResult result) =>
        result.Registration is { } registration
            ? Answer(
                RegistrationBody.StatusOf(registration),
                query,
                registration.IsWaiting
                    ? string.Create(CultureInfo.InvariantCulture, $"&retry-after={RegistrationBody.AskAgainAfter}")
                    : "",
                RegistrationBody.Of(registration)
            )
            : Refuse(result.Status, result.ErrorCode, query, result.Message);

    private byte[]? Refuse(int status, int errorCode, TopicQuery query, string message) =>
        Answer(status, query, "", ErrorBody.Of(errorCode, message, hub.Time.GetUtcNow()));

    private byte[]? Unavailable(TopicQuery query) =>
        Answer(
            503,
            query,
            "&retry-after=5",
            ErrorBody.Of(503001, "Storage cannot be reached at the moment. Ask again shortly.", hub.Time.GetUtcNow())
        );

    private byte[]? Answer(int status, TopicQuery query, string suffix, byte[] body)
    {
        var qos = Volatile.Read(ref _qos);
        if (qos < 0)
            return null;
        // exactly two $ in it, or Python's client stumbles (contract §0 trap 5)
        var topic = string.Create(
            CultureInfo.InvariantCulture,
            $"$dps/registrations/res/{status}/?$rid={query.RequestId}{suffix}"
        );
        return PacketWriter.Publish(topic, body, connection.Ids.Next(qos));
    }

    private (IPAddress Address, string Protocol) From => (connection.Address, $"DPS over {connection.Protocol}");
}
