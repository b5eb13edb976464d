namespace IoTCentral.Core.Devices;

/// <summary>
/// Stable codes of the connection log: why a device could or could not connect. Each is explained in docs/errors.md.
/// </summary>
public static class ConnectionCode
{
    public const string Connected = "connected";
    public const string Provisioned = "provisioned";

    // The device's own doing
    public const string Disconnected = "disconnected";
    public const string ConnectionLost = "connection-lost";
    public const string KeepAlive = "keep-alive";
    public const string Replaced = "replaced";

    // Credentials
    public const string BadToken = "bad-token";
    public const string WrongKey = "wrong-key";
    public const string WrongKeySlowed = "wrong-key-slowed";
    public const string Expired = "expired";
    public const string ClockOff = "clock-off";
    public const string TokenEnded = "token-ended";
    public const string SignedForOtherHost = "signed-for-other-host";
    public const string SignedForOtherDevice = "signed-for-other-device";

    // Certificates
    public const string WrongCertificate = "wrong-certificate";
    public const string CertificateName = "certificate-name";
    public const string CertificateEnded = "certificate-ended";
    public const string CertificateRevoked = "certificate-revoked";
    public const string NeedsKey = "needs-key";
    public const string TpmRefused = "tpm-refused";

    // Identity
    public const string UnknownDevice = "unknown-device";
    public const string UnknownScope = "unknown-scope";
    public const string BadId = "bad-id";
    public const string Blocked = "blocked";

    /// <summary>Not a line of its own: the refusal was logged with its reason.</summary>
    public const string Refused = "refused";
    public const string WaitingForApproval = "waiting-for-approval";
    public const string Deleted = "deleted";
    public const string EnrollmentDisabled = "enrollment-disabled";
    public const string ApplicationSuspended = "application-suspended";

    // Protocol
    public const string NotTls = "not-tls";
    public const string TlsBrokenOff = "tls-broken-off";
    public const string NoConnect = "no-connect";
    public const string ProtocolVersion = "protocol-version";
    public const string Malformed = "malformed";
    public const string TooLarge = "too-large";
    public const string Qos2 = "qos-2";
    public const string BadTopic = "bad-topic";
    public const string OtherDevice = "other-device";
    public const string BadFilter = "bad-filter";
    public const string NotReading = "not-reading";
    public const string FileRefused = "file-refused";

    // Us
    public const string Slowed = "slowed";
    public const string StorageAway = "storage-away";
    public const string ShuttingDown = "shutting-down";
    public const string Failed = "failed";
}
