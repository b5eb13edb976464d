using System.Text;
using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Hub.Amqp.Wire;
using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Amqp;

/// <summary>
/// The beginning of a connection: SASL or none of it, then AMQP's header and the client's open. Who signs in by SASL is
/// signed in when this returns; the others do by CBS or their certificate.
/// </summary>
internal static class Handshake
{
    private const ulong AmqpHeader = 0x414D5150_00_01_00_00;
    private const ulong SaslHeader = 0x414D5150_03_01_00_00;

    // MSSBCBS is what the C SDK calls "by CBS".
    private static readonly string[] Mechanisms = ["ANONYMOUS", "PLAIN", "EXTERNAL", "MSSBCBS"];

    /// <summary>Null: it was refused, or ended by itself.</summary>
    public static async Task<Open?> RunAsync(AmqpConnection connection, FrameInput input)
    {
        var (status, header) = await input.ReadHeaderAsync();
        if (status == InputStatus.Complete && header == SaslHeader)
        {
            if (!await SignInAsync(connection, input))
                return null;
            (status, header) = await input.ReadHeaderAsync();
        }

        if (status != InputStatus.Complete)
            return null;
        if (header != AmqpHeader)
        {
            connection.SendBytes(BytesOf(SaslHeader));
            connection.Close(
                new Closing(ConnectionCode.ProtocolVersion, "It does not speak AMQP 1.0, which this port is for.")
            );
            return null;
        }

        connection.SendBytes(BytesOf(AmqpHeader));
        var frame = await ReadAsync(connection, input);
        if (frame?.Body is Open open)
            return open;
        if (frame is not null)
            connection.Close(new Closing(ConnectionCode.Malformed, "Its first frame is no AMQP open."));
        return null;
    }

    public static Closing Unreadable(InputStatus status) =>
        status == InputStatus.TooLarge
            ? new Closing(ConnectionCode.TooLarge, "It sent a frame larger than it may (64 KB, before sign-in 8 KB).")
            : new Closing(ConnectionCode.Malformed, "It sent something that is no AMQP 1.0 frame.");

    private static async Task<bool> SignInAsync(AmqpConnection connection, FrameInput input)
    {
        connection.SendBytes(BytesOf(SaslHeader));
        Send(connection, new SaslMechanisms { SaslServerMechanisms = [.. Mechanisms.Select(m => new Symbol(m))] });
        if (await ReadAsync(connection, input) is not { } frame)
            return false;
        if (frame.Body is not SaslInit init)
        {
            connection.Close(new Closing(ConnectionCode.Malformed, "It did not choose a way to sign in."));
            return false;
        }

        connection.HostName = init.HostName ?? "";
        var code = await TryEnterAsync(connection, init);
        Send(connection, new SaslOutcome { Code = code });
        // The reason is in the log already.
        if (code != SaslCode.Ok)
            connection.Close(new Closing(ConnectionCode.Refused, ""));
        return code == SaslCode.Ok;
    }

    private static async Task<SaslCode> TryEnterAsync(AmqpConnection connection, SaslInit init)
    {
        try
        {
            return await MayEnterAsync(connection, init) ? SaslCode.Ok : SaslCode.Auth;
        }
        catch (Exception e) when (!connection.Ended.IsCancellationRequested)
        {
            // Storage is away: SASL's code for "try again".
            connection.Nodes.Failed(connection, e);
            return SaslCode.SysTemp;
        }
    }

    private static async Task<bool> MayEnterAsync(AmqpConnection connection, SaslInit init)
    {
        switch (init.Mechanism?.ToString())
        {
            case "ANONYMOUS" or "EXTERNAL" or "MSSBCBS":
                return true;
            case "PLAIN" when ReadPlain(init.InitialResponse) is { } plain:
                return await SignInAsync(connection, plain.User, plain.Password);
            case "TPM":
                Refuse(
                    connection,
                    "It wants to attest by TPM, which this hub does not offer. Enrol it with a key or a certificate; a certificate's private key may lie in the TPM.",
                    ConnectionCode.TpmRefused
                );
                return false;
            default:
                Refuse(connection, "It signs in in a way that this server does not know. Use SASL PLAIN or CBS.");
                return false;
        }
    }

    private static async Task<bool> SignInAsync(AmqpConnection connection, string user, string password)
    {
        // {idScope}/registrations/{registrationId}; contract §3.3
        if (user.Split('/') is [var scope, "registrations", var id])
            return await connection.Registration.SignInAsync(scope, id, password);
        var at = user.LastIndexOf("@sas.", StringComparison.OrdinalIgnoreCase);
        if (at > 0 && !user[at..].StartsWith("@sas.root.", StringComparison.OrdinalIgnoreCase))
            return await connection.Devices.SignInAsync(IdentityId.Parse(user[..at]), password) is null;
        Refuse(connection, "Its user name is none of this hub's: 'device-id@sas.hub' or 'id-scope/registrations/id'.");
        return false;
    }

    private static void Refuse(AmqpConnection connection, string detail, string code = ConnectionCode.BadId) =>
        connection.Nodes.Hub.Log.Refused(new Core.Provisioning.Refusal(code, detail), "", null, connection.Origin);

    /// <summary>RFC 4616: <c>[authzid] NUL authcid NUL passwd</c>.</summary>
    private static (string User, string Password)? ReadPlain(byte[]? response)
    {
        var parts = Encoding.UTF8.GetString(response ?? []).Split('\0');
        return parts.Length == 3 ? (parts[1], parts[2]) : null;
    }

    private static async Task<AmqpFrame?> ReadAsync(AmqpConnection connection, FrameInput input)
    {
        var (status, frame) = await input.ReadAsync();
        if (status == InputStatus.Complete)
            return frame;
        if (status != InputStatus.Ended)
            connection.Close(Unreadable(status));
        return null;
    }

    private static void Send(AmqpConnection connection, DescribedList body) =>
        connection.SendBytes(AmqpFrame.Write(AmqpFrame.Sasl, 0, body));

    private static byte[] BytesOf(ulong header)
    {
        var bytes = new byte[sizeof(ulong)];
        System.Buffers.Binary.BinaryPrimitives.WriteUInt64BigEndian(bytes, header);
        return bytes;
    }
}
