using IoTCentral.Core.Tenants;

namespace IoTCentral.Core.Devices;

/// <summary>Repeats of the same reason within a minute are one line with a count. Not thread-safe.</summary>
internal sealed class LogRuns(TimeProvider time)
{
    private const int MostRuns = 2_000;
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);

    private readonly Dictionary<Key, (ConnectionLogEntry Line, long StartedAt)> _runs = [];

    /// <summary>False: it is no repeat. Else <paramref name="line"/> is the line that it repeats, with its new count.</summary>
    public bool TryRepeat(ConnectionLogEntry entry, out ConnectionLogEntry line)
    {
        var key = Key.Of(entry);
        line = entry;
        if (!_runs.TryGetValue(key, out var run) || IsOver(run.StartedAt))
            return false;
        line = run.Line with { Count = run.Line.Count + 1 };
        _runs[key] = (line, run.StartedAt);
        return true;
    }

    /// <summary>The line that repeats of it will change.</summary>
    public ConnectionLogEntry Begin(ConnectionLogEntry entry)
    {
        if (_runs.Count >= MostRuns)
            Forget();
        var line = entry with { Run = Guid.CreateVersion7(entry.At) };
        _runs[Key.Of(entry)] = (line, time.GetTimestamp());
        return line;
    }

    private bool IsOver(long startedAt) => time.GetElapsedTime(startedAt) >= Longest;

    private void Forget()
    {
        foreach (var (key, (_, startedAt)) in _runs)
        {
            if (IsOver(startedAt))
                _runs.Remove(key);
        }

        // All of them within a minute: starting over costs some lines, not memory.
        if (_runs.Count >= MostRuns)
            _runs.Clear();
    }

    private sealed record Key(
        TenantId Tenant,
        string Device,
        string Code,
        string Detail,
        string Address,
        string Protocol
    )
    {
        public static Key Of(ConnectionLogEntry entry) =>
            new(
                entry.TenantId,
                entry.DeviceId,
                entry.Code,
                // how long ago a token ended is another at each attempt
                entry.Code
                    is ConnectionCode.Expired
                        or ConnectionCode.ClockOff
                    ? ""
                    : entry.Detail,
                entry.Address,
                entry.Protocol
            );
    }
}
