namespace IoTCentral.Journeys.Sdk;

/// <summary>Ways to sign in and to register, and what those are told who may not.</summary>
internal static partial class Compatibility
{
    private static readonly Known Grouped = Known.By(
        nameof(CertificateSdkTests.A_device_of_a_certificate_group_registers_and_connects)
    );
    private static readonly Known Thumbprint = Known.By(
        nameof(CertificateSdkTests.A_device_whose_thumbprint_is_known_registers_and_connects)
    );

    private const string Unauthorized = "UnauthorizedError";

    /// <summary>By what a device has, in the order of <see cref="Transports"/>.</summary>
    public static IReadOnlyDictionary<string, Known[]> SigningIn { get; } =
        new Dictionary<string, Known[]>(StringComparer.Ordinal)
        {
            ["connects with its shared key"] = All(Sent),
            ["connects with a token made elsewhere"] = All(Tokens),
            ["connects with a certificate whose thumbprint is known"] = All(Thumbprint),
            ["connects with a certificate of its group's authority"] = All(Grouped),
            ["a module connects with its shared key"] = ButHttps(ModuleSent, NoModule),
            ["registers with a key of its own"] = All(Registered),
            ["registers with a key derived from its group's"] = All(Modelled),
            ["registers with a certificate whose thumbprint is known"] = All(Thumbprint),
            ["registers with a certificate of its group's authority"] = All(Grouped),
            ["registers, waits until somebody approves it, and is assigned"] = All(Known.By(Waited.Test)),
        };

    /// <summary>The SDK's errors when a device connects and sends, in the order of <see cref="Transports"/>.</summary>
    public static IReadOnlyDictionary<string, string[]> Refusals { get; } =
        new[]
        {
            "a wrong key",
            "a device that nobody knows",
            "a blocked device",
            "an expired token",
            "an expired certificate",
            "a certificate of an authority that nobody uploaded",
            "a certificate with another's name",
            "a revoked certificate",
        }.ToDictionary(what => what, _ => Transports.Select(_ => Unauthorized).ToArray(), StringComparer.Ordinal);

    /// <summary>
    /// The same when it registers. Over MQTT the SDK tells no more than "Connection refused: Not authorized"; over AMQP it
    /// hands on the condition of the closed link.
    /// </summary>
    public static IReadOnlyDictionary<string, string[]> RefusedRegistrations { get; } =
        new Dictionary<string, string[]>(StringComparer.Ordinal)
        {
            ["a wrong key"] = OfKey,
            ["an ID scope that nobody has"] = [.. OfKey[..4], "Error"],
            ["a disabled enrollment"] = OfKey,
            ["an expired certificate"] = OfCertificate,
            ["a certificate of an authority that nobody uploaded"] = OfCertificate,
            ["a certificate with another's name"] = OfCertificate,
            ["a revoked certificate"] = OfCertificate,
        };

    private static string[] OfKey => ["Error", "Error", "NotConnectedError", "NotConnectedError", Unauthorized];

    private static string[] OfCertificate =>
        ["Error", "Error", "amqp:unauthorized-access", "amqp:unauthorized-access", Unauthorized];
}
