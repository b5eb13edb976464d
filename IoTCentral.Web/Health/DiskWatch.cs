using System.Diagnostics.Metrics;
using System.Globalization;
using IoTCentral.Core.Installation;

namespace IoTCentral.Web.Health;

/// <summary>Warns before the disk with the data folder is full: a full one stops every acknowledgement.</summary>
internal sealed class DiskWatch : BackgroundService
{
    private const double WarnAt = 0.8;
    private static readonly TimeSpan Pause = TimeSpan.FromMinutes(5);

    private readonly InstallationOptions _options;
    private readonly TimeProvider _time;
    private readonly ILogger<DiskWatch> _logger;
    private bool _hasWarned;

    public DiskWatch(InstallationOptions options, TimeProvider time, IMeterFactory meters, ILogger<DiskWatch> logger)
    {
        (_options, _time, _logger) = (options, time, logger);
        meters
            .Create("IoTCentral.Installation")
            .CreateObservableGauge("iotc.disk.used", () => Used() ?? 0, "1", "Used share of the data folder's disk.");
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pause, _time);
        do
        {
            Look();
        } while (await timer.WaitForNextTickAsync(stoppingToken));
    }

    private void Look()
    {
        if (Used() is not { } used)
            return;
        if (used >= WarnAt && !_hasWarned)
            _logger.LogWarning(
                "The disk with {Folder} is {Percent} full. When it is full, devices get no more acknowledgements; make room.",
                _options.DataFolder,
                used.ToString("P0", CultureInfo.InvariantCulture)
            );
        _hasWarned = used >= WarnAt;
    }

    /// <summary>0–1; null when the disk cannot be asked.</summary>
    private double? Used()
    {
        try
        {
            var drive = new DriveInfo(_options.DataFolder);
            return drive.TotalSize > 0 ? 1 - ((double)drive.AvailableFreeSpace / drive.TotalSize) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
