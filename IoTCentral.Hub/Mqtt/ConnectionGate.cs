using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Provisioning;
using IoTCentral.Hub.Devices;
using IoTCentral.Hub.Provisioning;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Mqtt;

/// <summary>Decides about a CONNECT: who it is, what for, and what the CONNACK says (contract §2.2, §3.1).</summary>
internal sealed class ConnectionGate(
    DeviceSignIn signIn,
    RegistrantCheck registrants,
    SessionRegistry sessions,
    HubServices hub,
    ILogger<ConnectionGate> logger
)
{
    private const int Accepted = 0;
    private const int BadProtocolVersion = 1;
    private const int Unavailable = 3;
    private const int NotAuthorized = 5;

    /// <summary>A session and CONNACK 0, or no session and the code of the refusal, which is logged.</summary>
    public async Task<(Session? Session, int Code, bool IsSessionPresent)> EnterAsync(
        MqttConnection connection,
        ConnectPacket connect
    )
    {
        if (!connect.IsVersion311)
        {
            var detail = $"It speaks {connect.ProtocolName} level {connect.ProtocolLevel}; this hub speaks MQTT 3.1.1.";
            hub.Log.Stranger(ConnectionCode.ProtocolVersion, detail, connection.Origin, connect.ClientId);
            return (null, BadProtocolVersion, false);
        }

        var user = UserName.Read(connect.UserName);
        if (user is null || user.ClientId != connect.ClientId)
        {
            var detail =
                "Its user name is none of this hub's: 'host/device-id/?api-version=…', with the device id as client id.";
            return (
                Refuse(connection, connect.ClientId, null, new Refusal(ConnectionCode.BadId, detail)),
                NotAuthorized,
                false
            );
        }

        try
        {
            return user.IsRegistration
                ? await RegisterAsync(connection, connect, user)
                : await SignInAsync(connection, connect, user);
        }
        catch (Exception e) when (!connection.Ended.IsCancellationRequested)
        {
            // Storage is away: MQTT's code for "try again".
            if (e is not UnavailableException)
                logger.LogWarning(
                    e,
                    "Signing in {ClientId} from {Address} failed.",
                    connect.ClientId,
                    connection.Address
                );
            return (null, Unavailable, false);
        }
    }

    /// <summary>A connection that ended before it was let in.</summary>
    public void NeverEntered(MqttConnection connection, Closing closing)
    {
        if (connection.Connect is not null || closing.Code == ConnectionCode.ShuttingDown)
            return;
        var seen = closing.Code == ConnectionCode.ConnectionLost ? Closing.Untrusted : closing;
        hub.Log.Stranger(seen.Code, seen.Detail, connection.Origin);
    }

    private async Task<(Session?, int, bool)> RegisterAsync(
        MqttConnection connection,
        ConnectPacket connect,
        UserName user
    )
    {
        var result = await registrants.CheckAsync(
            new RegistrantRequest
            {
                IdScope = user.Authority,
                RegistrationId = user.Id,
                Password = connect.Password,
                Certificate = connection.Certificate,
                Address = connection.Address,
            },
            connection.Ended
        );
        if (result.Registrant is { } registrant)
            return (new DpsSession(connection, hub, registrant), Accepted, false);
        var refusal = result.Refusal!;
        return (Refuse(connection, user.Id, user.Authority, refusal), CodeOf(refusal), false);
    }

    private async Task<(Session?, int, bool)> SignInAsync(
        MqttConnection connection,
        ConnectPacket connect,
        UserName user
    )
    {
        var started = hub.Time.GetTimestamp();
        var result = await signIn.SignInAsync(
            new SignInRequest
            {
                DeviceId = user.Id,
                ModuleId = user.ModuleId,
                Host = user.Authority,
                Password = connect.Password,
                Certificate = connection.Certificate,
                ModelId = user.ModelId,
                Address = connection.Address,
                LocalAddress = connection.LocalAddress,
            },
            connection.Ended
        );
        if (result.Device is not { } device)
            return (Refuse(connection, user.Id, null, result.Refusal!), CodeOf(result.Refusal!), false);

        var kept = connect.IsClean ? null : sessions.FindKept(device.TenantId, device.Key);
        var subscriptions = kept ?? new Subscriptions(device.Path);
        sessions.Keep(device.TenantId, device.Key, connect.IsClean ? null : subscriptions);
        var session = new DeviceSession(connection, hub, device, subscriptions);
        session.Succeed(sessions.Enter(session));
        if (sessions.FindDropSince(device, started) is not { } dropped)
            return (session, Accepted, kept is not null);

        // Blocked or deleted while it was signing in.
        sessions.Leave(session);
        var refusal = new Refusal(dropped, Closing.Of(dropped).Detail)
        {
            Concerns = [(device.TenantId, device.DeviceKey)],
        };
        return (Refuse(connection, user.Id, null, refusal), NotAuthorized, false);
    }

    private Session? Refuse(MqttConnection connection, string id, string? idScope, Refusal refusal)
    {
        var from = idScope is null ? connection.Origin : connection.Origin.ToRegister();
        hub.Log.Refused(refusal, id, idScope, from);
        return null;
    }

    private static int CodeOf(Refusal refusal) => refusal.IsOurs ? Unavailable : NotAuthorized;
}
