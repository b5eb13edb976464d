using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Hub.Security;

/// <summary>Keeps the server certificate fresh for as long as the program runs; its first look comes before the doors open.</summary>
internal sealed partial class CertificateRenewal(
    ServerCertificateSelector selector,
    CertificateExpiry expiry,
    TimeProvider clock,
    ILogger<CertificateRenewal> log
) : BackgroundService
{
    // Replaced files and imported CAs should be seen before a person wonders; a look costs one small query.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(15);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await selector.RefreshAsync(cancellationToken);
        expiry.Look();
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await RefreshAsync(stoppingToken);
        }
    }

    private async Task RefreshAsync(CancellationToken ct)
    {
        try
        {
            if (await selector.RefreshAsync(ct))
            {
                LogRenewed(selector.NotAfter);
            }
        }
        catch (Exception e) when (!ct.IsCancellationRequested) // storage away, or files half replaced: the old one serves on
        {
            LogFailed(e.Message);
        }

        expiry.Look();
    }

    [LoggerMessage(LogLevel.Information, "The server certificate was renewed; it is valid until {NotAfter:u}.")]
    private partial void LogRenewed(DateTimeOffset notAfter);

    [LoggerMessage(
        LogLevel.Warning,
        "The server certificate could not be looked after; the current one serves on. {Reason}"
    )]
    private partial void LogFailed(string reason);
}
