using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>Starts the cluster's server again when it has died, for as long as the program runs.</summary>
internal sealed class Watchdog(ClusterControl control, TimeProvider clock, Action<string> say)
{
    // Dead servers are back well within the 10 s we promise; a look costs one small file and one link.
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>Ends when cancelled, without an exception.</summary>
    public async Task RunAsync(CancellationToken ct)
    {
        try
        {
            while (true)
            {
                await Task.Delay(Pause, clock, ct);
                control.KeepLogSmall();
                if (!control.IsRunning)
                {
                    await ReviveAsync(ct);
                }
            }
        }
        catch (OperationCanceledException) when (ct.IsCancellationRequested) { }
    }

    private async Task ReviveAsync(CancellationToken ct)
    {
        say("PostgreSQL has died; starting it again …");
        var died = clock.GetTimestamp();
        string? told = null;
        while (true)
        {
            try
            {
                await control.StartAsync(ct);
                say($"PostgreSQL is back after {clock.GetElapsedTime(died).TotalSeconds:0.0} s.");
                return;
            }
            catch (Exception e) when (e is InstallationException or IOException)
            {
                // Processes of the dead server may live on for a moment and hold its shared memory; a full disk may last.
                if (told is null)
                {
                    say(told = e.Message);
                }
            }

            await Task.Delay(Pause, clock, ct);
        }
    }
}
