using IoTCentral.Core.Installation;

namespace IoTCentral.Data.Server;

/// <summary>Starts and stops the server of one cluster through pg_ctl, which detaches it: a Ctrl-C meant for us misses it.</summary>
internal sealed class ClusterControl(ClusterPlace place, PostgresBinaries binaries, ServerUser user)
{
    private const long LargestLog = 16 * 1024 * 1024;

    public bool IsRunning => Postmaster.FindAlive(place.Cluster) is not null;

    /// <summary>Returns when it answers. There is no time-out: recovery after a crash takes as long as there is log to replay.</summary>
    /// <exception cref="InstallationException">It did not start; the message holds the end of its log.</exception>
    public async Task StartAsync(CancellationToken ct)
    {
        Postmaster.RemoveStaleFiles(place.Cluster, SocketFolder.Of(place.Folder));
        KeepLogSmall();
        var start = PgCtl("start", "--wait", "--timeout=86400", "--silent", "--log=postgres.log");
        if (!(await user.RunAsync(start, ct)).Succeeded)
        {
            throw new InstallationException($"PostgreSQL did not start; its log {place.LogFile} says:\n{LogTail()}");
        }
    }

    /// <summary>Rolls back what is open, writes a checkpoint and ends it; by force when that takes more than 30 s.</summary>
    public async Task StopAsync(CancellationToken ct)
    {
        if (!IsRunning)
        {
            return;
        }

        var stopped = await user.RunAsync(PgCtl("stop", "--mode=fast", "--wait", "--timeout=30", "--silent"), ct);
        if (!stopped.Succeeded && IsRunning)
        {
            // as a power cut: the next start replays the log and nothing is lost
            await user.RunAsync(PgCtl("stop", "--mode=immediate", "--wait", "--timeout=30", "--silent"), ct);
        }
    }

    public Task ReloadAsync(CancellationToken ct) => user.RunAsync(PgCtl("reload", "--silent"), ct);

    /// <summary>The server appends, so a copy and a cut lose a line at most.</summary>
    public void KeepLogSmall()
    {
        if (new FileInfo(place.LogFile) is { Exists: true, Length: > LargestLog })
        {
            File.Copy(place.LogFile, $"{place.LogFile}.1", overwrite: true);
            using var log = new FileStream(place.LogFile, FileMode.Truncate);
        }
    }

    // PGDATA and a relative log file: pg_ctl hands its arguments to a shell, and folders may have any name.
    private Command PgCtl(string action, params IReadOnlyList<string> arguments) =>
        new(binaries.PgCtl, [action, .. arguments])
        {
            Folder = place.Folder,
            Environment = new Dictionary<string, string> { ["PGDATA"] = place.Cluster },
        };

    /// <summary>Why it did not start: what was fatal of its last words, else those as they are.</summary>
    private string LogTail()
    {
        if (!File.Exists(place.LogFile))
        {
            return "";
        }

        var tail = File.ReadLines(place.LogFile).TakeLast(10).ToList();
        var fatal = tail.Where(l =>
            l.Contains("FATAL:", StringComparison.Ordinal) || l.Contains("HINT:", StringComparison.Ordinal)
        );
        return string.Join('\n', fatal.DefaultIfEmpty(string.Join('\n', tail)));
    }
}
