using System.Globalization;
using IoTCentral.Web.Ui;

namespace IoTCentral.Web.Features.Devices.Connect;

/// <summary>What code needs to connect one device.</summary>
/// <param name="Host">Provisioning host, which is the hub as well.</param>
/// <param name="Key">Base64; null: not shown, a placeholder stands for it.</param>
/// <param name="CaPem">The certificate the SDKs are to trust.</param>
/// <param name="Body">A message as JSON, such as the device's template asks for.</param>
internal sealed record ConnectFacts(
    string Host,
    int Port,
    string IdScope,
    string DeviceId,
    string? Key,
    string CaPem,
    string Body
)
{
    /// <summary>How its certificate comes to be; null: it has keys.</summary>
    public CertificateOrigin? Certificate { get; init; }
}

/// <summary>Who vouches for a device's certificate.</summary>
internal enum CertificateOrigin
{
    /// <summary>The authority of its connection group.</summary>
    Group,

    /// <summary>Nobody else: it is enrolled for the device itself.</summary>
    Own,
}

/// <summary>Code that runs as pasted into a shell, in each language that devices are written in.</summary>
internal static partial class ConnectSamples
{
    public const string NoKey = "PASTE-THE-KEY-HERE";

    private const int SdkPort = 8883;

    public static IReadOnlyList<CodeSample> Of(ConnectFacts facts) =>
        facts.Certificate is { } origin
            ?
            [
                new("Node", Fill(CertifiedNode, facts)),
                new("Python", Fill(CertifiedPython, facts)),
                new("C#", Fill(CertifiedCSharp, facts)),
                new("C", Fill(CertifiedC, facts)),
                new("mosquitto_pub", Fill(CertifiedMosquitto, facts)),
                new("openssl", Fill(origin == CertificateOrigin.Own ? OwnCertificate : GroupCertificate, facts)),
            ]
            :
            [
                new("Node", Fill(Node, facts)),
                new("Python", Fill(Python, facts)),
                new("C#", Fill(CSharp, facts)),
                new("C", Fill(C, facts)),
                new("mosquitto_pub", Fill(Mosquitto, facts)),
            ];

    /// <summary>The SDKs know one port only; Node's and mosquitto can be told another.</summary>
    public static bool SdksReach(int port) => port == SdkPort;

    private static string Fill(string sample, ConnectFacts facts) =>
        sample
            .Replace("{{ca}}", facts.CaPem.Trim())
            .Replace("{{host}}", facts.Host)
            .Replace("{{hostport}}", facts.Port == SdkPort ? facts.Host : $"{facts.Host}:{facts.Port}")
            .Replace("{{port}}", facts.Port.ToString(CultureInfo.InvariantCulture))
            .Replace("{{scope}}", facts.IdScope)
            .Replace("{{id}}", facts.DeviceId)
            .Replace("{{shell-id}}", facts.DeviceId.Replace("'", "'\\''", StringComparison.Ordinal))
            // OpenSSL takes + for the next part of a name
            .Replace(
                "{{subject-id}}",
                facts
                    .DeviceId.Replace("+", "\\+", StringComparison.Ordinal)
                    .Replace("'", "'\\''", StringComparison.Ordinal)
            )
            .Replace("{{url-id}}", Uri.EscapeDataString(facts.DeviceId))
            .Replace("{{key}}", facts.Key ?? NoKey)
            .Replace("{{body}}", facts.Body)
            .Replace(
                "{{c-body}}",
                facts
                    .Body.Replace("\\", "\\\\", StringComparison.Ordinal)
                    .Replace("\"", "\\\"", StringComparison.Ordinal)
            )
            .Replace("{{shell-body}}", facts.Body.Replace("'", "'\\''", StringComparison.Ordinal));
}
