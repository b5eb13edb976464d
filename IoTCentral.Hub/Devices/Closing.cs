using IoTCentral.Core.Devices;

namespace IoTCentral.Hub.Devices;

/// <summary>Why a connection ends: a code of the connection log and what happened, with what to do.</summary>
internal sealed record Closing(string Code, string Detail)
{
    /// <summary>The device said good-bye (DISCONNECT): its will is void.</summary>
    public bool IsOrderly => Code == ConnectionCode.Disconnected;

    /// <summary>Somebody took the device's right to speak away: not even its will is heard.</summary>
    public bool IsSilenced =>
        Code is ConnectionCode.Blocked or ConnectionCode.Deleted or ConnectionCode.ApplicationSuspended;

    /// <summary>A client that left right after TLS. Some (Node's) finish the handshake before they look at the certificate.</summary>
    public static Closing Untrusted { get; } =
        new(
            ConnectionCode.TlsBrokenOff,
            "A client left right after TLS without a word: as a rule it does not trust our certificate. Give it this server's CA certificate, and let it connect by a name or address that the certificate has."
        );

    public static Closing Of(string code) =>
        new(
            code,
            code switch
            {
                ConnectionCode.Disconnected => "The device disconnected.",
                ConnectionCode.ConnectionLost =>
                    "The connection broke off without a good-bye: network, power or program.",
                ConnectionCode.Replaced =>
                    "The same device connected anew, so this connection was closed. If that happens over and over, two devices share one id.",
                ConnectionCode.Blocked => "The device was blocked.",
                ConnectionCode.Deleted => "The device was deleted.",
                ConnectionCode.ApplicationSuspended => "Its application was suspended.",
                ConnectionCode.TokenEnded =>
                    "Its token ended, and with it the connection. The device reconnects with a new one.",
                ConnectionCode.CertificateRevoked => "Its certificate, or an authority above it, was taken back.",
                ConnectionCode.CertificateEnded => "Its certificate ended.",
                ConnectionCode.WrongCertificate or ConnectionCode.CertificateName or ConnectionCode.NeedsKey =>
                    "Its certificate no longer counts: its enrollment or the authority of its device connection group changed.",
                ConnectionCode.EnrollmentDisabled => "Its device connection group was disabled.",
                ConnectionCode.NoConnect => "It sent no CONNECT within 10 seconds.",
                ConnectionCode.Malformed => "It sent something that is no MQTT 3.1.1 packet.",
                ConnectionCode.Qos2 =>
                    "It published with QoS 2, which this hub does not have. Publish with QoS 0 or 1.",
                ConnectionCode.NotReading => "It does not read what we send. Its receive loop may hang.",
                ConnectionCode.StorageAway =>
                    "Nothing can be stored at the moment, so it was disconnected to try again later. No acknowledged message is lost.",
                ConnectionCode.ShuttingDown => "This server stops. The device reconnects by itself.",
                _ => "The connection ended.",
            }
        );
}
