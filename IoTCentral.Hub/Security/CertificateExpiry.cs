using System.Diagnostics.Metrics;
using IoTCentral.Core.Installation;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Security;

/// <summary>
/// Tells how long the certificates last, and warns of one that somebody else must renew: our own renews itself, a file
/// does not, and devices refuse one that has ended.
/// </summary>
internal sealed partial class CertificateExpiry
{
    private static readonly TimeSpan WarnBefore = TimeSpan.FromDays(30);
    private static readonly TimeSpan Repeat = TimeSpan.FromDays(1);

    private readonly ServerCertificateSelector _selector;
    private readonly InstallationOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger<CertificateExpiry> _log;
    private (DateTimeOffset At, DateTimeOffset Of) _warned;

    public CertificateExpiry(
        ServerCertificateSelector selector,
        InstallationOptions options,
        TimeProvider clock,
        IMeterFactory meters,
        ILogger<CertificateExpiry> log
    )
    {
        (_selector, _options, _clock, _log) = (selector, options, clock, log);
        meters
            .Create("IoTCentral.Hub")
            .CreateObservableGauge(
                "iotc.certificate.expires",
                Measure,
                "s",
                "Until the certificate ends; below zero it has ended."
            );
    }

    /// <summary>Warns once a day, and at once of another certificate.</summary>
    public void Look()
    {
        var (now, end) = (_clock.GetUtcNow(), _selector.NotAfter);
        if (_options.Hub.CertificateFile is not { } file || end - now > WarnBefore)
            return;
        if (_warned.Of == end && now - _warned.At < Repeat)
            return;
        _warned = (now, end);
        LogEnding(file, end);
    }

    private IEnumerable<Measurement<double>> Measure()
    {
        yield return Of("server", _selector.NotAfter);
        yield return Of("ca", _selector.CaNotAfter);
    }

    private Measurement<double> Of(string certificate, DateTimeOffset end) =>
        new((end - _clock.GetUtcNow()).TotalSeconds, new KeyValuePair<string, object?>("certificate", certificate));

    [LoggerMessage(
        LogLevel.Warning,
        "The certificate in {File} ends at {End:u}. Devices refuse it from then on: put a new one in its place."
    )]
    private partial void LogEnding(string file, DateTimeOffset end);
}
