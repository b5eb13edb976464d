using IoTCentral.Core.Rules.Notices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Logging;

namespace IoTCentral.Core.Rules.Engine;

/// <summary>One run of the engine, from reading everything to the first thing that goes wrong.</summary>
internal sealed class RuleRun : IDisposable
{
    // At full load a batch of 5,000 is a twelfth of a second.
    private const int ReadLimit = 5_000;
    private static readonly TimeSpan TickEvery = TimeSpan.FromMilliseconds(250);

    // A message may be this long on its way from its received time to us; timers run so far behind the clock.
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(1);

    // Devices need a while to come back after we were away; until then silence is ours, not theirs.
    private static readonly TimeSpan Grace = TimeSpan.FromMinutes(2);

    // News may be missed (another process, a lost notice): then this bounds how long.
    private static readonly TimeSpan ReloadEvery = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan CommitAtLeastEvery = TimeSpan.FromSeconds(1);

    // The database is given up on after 30 seconds.
    private static readonly TimeSpan LongestRead = TimeSpan.FromSeconds(60);

    private readonly CommittedLog _log;
    private readonly LogFollower _follower;
    private readonly RuleStorage _storage;
    private readonly TimeProvider _time;
    private readonly RuleMetrics _metrics;
    private readonly ILogger _logger;
    private readonly LiveRules _live = new();
    private readonly NewsQueue _news;
    private readonly RuleLoader _loader;
    private readonly AlertScribe _scribe;
    private readonly List<RuleWrite> _endings = [];
    private readonly CancellationTokenSource _ended = new();

    private Standpoint _at = new(0, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
    private Standpoint _committed = new(0, DateTimeOffset.MinValue, DateTimeOffset.MinValue);
    private Task<IReadOnlyList<CommittedMessage>>? _reading;
    private DateTimeOffset _readingSince;
    private long _newestAtStart;
    private DateTimeOffset _committedAt;
    private DateTimeOffset _reloadAt;

    public RuleRun(
        CommittedLog log,
        RuleStorage storage,
        AlertNotices notices,
        ChangeFeed changes,
        TimeProvider time,
        RuleMetrics metrics,
        ILogger logger
    )
    {
        (_log, _storage, _time, _metrics, _logger) = (log, storage, time, metrics, logger);
        _follower = log.Follow();
        // Listening begins before anything is read, so that no news falls between.
        _news = new(changes);
        var memory = new RuleMemory(_live, storage.History, storage.LastValues);
        _loader = new(
            _live,
            storage.Tenants,
            storage.Rules,
            storage.Templates,
            storage.Devices,
            storage.Journal,
            memory
        );
        _scribe = new(_live, storage.Devices, notices);
    }

    public void Dispose()
    {
        // the read that waits for the next message
        _ended.Cancel();
        _ended.Dispose();
        _follower.Dispose();
        _news.Dispose();
    }

    /// <summary>Reads rules, devices and what was decided about them.</summary>
    public async Task StartAsync(CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        var place = await _storage.Journal.FindPlaceAsync(ct);
        _newestAtStart = await _log.NewestPositionAsync(ct);
        var (position, clock) = place ?? (_newestAtStart, now);
        _committed = _at = new(position, clock, now + Grace);
        foreach (var application in await _storage.Tenants.ListAsync(ct))
            _endings.AddRange(await _loader.LoadAsync(application.TenantId, _at, ct));
        _committedAt = now;
        // Connections that a killed program left behind are ended about now; the next look sees it.
        _reloadAt = now + Grace;
        await SettleAsync(ct);
        if (place is null || _endings.Count > 0 || _live.HasDirty)
            await CommitAsync(ct);
    }

    /// <summary>Waits for messages or the next tick, and does what follows from them.</summary>
    public async Task StepAsync(CancellationToken ct)
    {
        await ReadNewsAsync(ct);
        if (_reading is null)
        {
            _readingSince = _time.GetUtcNow();
            _reading = _follower.ReadAfterAsync(_at.Position, ReadLimit, _ended.Token).AsTask();
        }

        if (!_reading.IsCompleted)
            await WaitAsync(_reading, ct);
        if (_reading.IsCompleted)
        {
            var messages = await _reading;
            _reading = null;
            await JudgeAsync(messages, ct);
        }
        else if (IsCaughtUp())
        {
            // Nothing waits in the log: the clock alone goes on.
            RunTimers(_time.GetUtcNow() - Slack);
        }

        await SettleAsync(ct);
        if (_live.HasDirty || _endings.Count > 0 || IsCommitDue())
            await CommitAsync(ct);
    }

    /// <summary>A read that has not answered yet may be a slow one, so positions are compared.</summary>
    private bool IsCaughtUp() =>
        _at.Position >= Math.Max(_newestAtStart, _log.LastPosition)
        // the newest positions may be gaps, whose messages retention dropped
        || _time.GetUtcNow() - _readingSince > LongestRead;

    private async Task WaitAsync(Task reading, CancellationToken ct)
    {
        using var tick = CancellationTokenSource.CreateLinkedTokenSource(ct);
        await Task.WhenAny(reading, Task.Delay(TickEvery, _time, tick.Token));
        await tick.CancelAsync();
        ct.ThrowIfCancellationRequested();
    }

    private async Task JudgeAsync(IReadOnlyList<CommittedMessage> messages, CancellationToken ct)
    {
        var done = 0;
        while ((done = _live.Judge(messages, done)) < messages.Count)
        {
            _at = _at with { Position = messages[done].Message.Position - 1 };
            await MeetAsync(messages, done, ct);
        }

        var last = messages[^1].Message;
        _at = _at with { Position = last.Position };
        _metrics.Messages.Add(messages.Count);
        var now = _time.GetUtcNow();
        RunTimers((last.Received < now ? last.Received : now) - Slack);
    }

    /// <summary>Reads the devices of these messages that are not known yet.</summary>
    private async Task MeetAsync(IReadOnlyList<CommittedMessage> messages, int from, CancellationToken ct)
    {
        var strangers = messages
            .Skip(from)
            .Select(m => m.Message)
            .Where(m => _live.Tenants.TryGetValue(m.Tenant, out var t) && !t.Devices.ContainsKey(m.DeviceKey))
            .GroupBy(m => m.Tenant, m => m.DeviceKey);
        foreach (var tenant in strangers.ToList())
            _endings.AddRange(await _loader.RefreshAsync(_live.Tenants[tenant.Key], tenant.ToHashSet(), _at, ct));
    }

    private void RunTimers(DateTimeOffset to)
    {
        if (to <= _at.Clock)
            return;
        _live.RunTimers(to);
        _at = _at with { Clock = to };
    }

    private async Task ReadNewsAsync(CancellationToken ct)
    {
        var now = _time.GetUtcNow();
        if (now >= _reloadAt)
        {
            _reloadAt = now + ReloadEvery;
            foreach (var application in await _storage.Tenants.ListAsync(ct))
                _news.Note(new(application.TenantId, ChangeKind.Application));
        }

        if (!_news.IsWaiting)
            return;
        _news.Begin();
        foreach (var tenant in _news.TakeTenants())
            _endings.AddRange(await _loader.LoadAsync(tenant, _at, ct));
        foreach (var devices in _news.TakeDevices().GroupBy(d => d.Tenant, d => d.DeviceKey).ToList())
        {
            if (_live.Tenants.TryGetValue(devices.Key, out var tenant))
                _endings.AddRange(await _loader.RefreshAsync(tenant, [.. devices], _at, ct));
        }

        foreach (var (_, alertId) in _news.TakeAlerts())
        {
            if (_live.FindByAlert(alertId) is { IsDirty: false } pair)
                await _loader.AdoptAsync(pair, ct);
        }
    }

    private bool IsCommitDue() =>
        _at.Position != _committed.Position && _time.GetUtcNow() - _committedAt >= CommitAtLeastEvery;

    /// <summary>Rules that threw are set aside where people see it.</summary>
    private async Task SettleAsync(CancellationToken ct)
    {
        foreach (var (rule, fault) in _live.Failed.ToList())
        {
            _logger.LogError(
                fault,
                "Rule {RuleId} of tenant {Tenant} failed while judging and is set aside.",
                rule.Id,
                rule.TenantId
            );
            await StopAsync(rule.TenantId, rule.Id, rule.Version, fault, ct);
        }

        _live.Failed.Clear();
    }

    private async Task StopAsync(TenantId tenant, string ruleId, int version, Exception fault, CancellationToken ct)
    {
        _metrics.Stopped.Add(1);
        var reason = FactWriter.Storable($"{fault.GetType().Name}: {fault.Message}");
        await _storage.Rules.StopAsync(tenant, ruleId, version, reason, _time.GetUtcNow(), ct);
        // Our own listener hears it too, and lets go of the rule.
        _news.Note(new(tenant, ChangeKind.Rule, Id: ruleId));
        _news.Tell(new(tenant, ChangeKind.Rule, Id: ruleId));
    }

    private async Task CommitAsync(CancellationToken ct)
    {
        var written = await _scribe.WriteAsync(_live.TakeDirty(), ct);
        List<RuleWrite> all = [.. _endings, .. written.Select(w => w.Write)];
        _endings.Clear();
        HashSet<RuleWrite> stale = new(ReferenceEqualityComparer.Instance);
        try
        {
            stale.UnionWith(await _storage.Journal.CommitAsync(all, _at.Position, _at.Clock, ct));
        }
        catch (RuleWriteRefusedException e)
        {
            _logger.LogError(e, "Rules: a decision cannot be stored; looking for the rule it is of.");
            await CommitApartAsync(all, stale, ct);
        }

        _committed = _at;
        _committedAt = _time.GetUtcNow();
        foreach (var (pair, write) in written)
        {
            if (stale.Contains(write))
                await AdoptAsync(pair, ct);
            else
                pair.StoredVersion = write.Phase == RulePhase.Rest ? 0 : write.ExpectedVersion + 1;
        }

        Tell(all.Where(w => !stale.Contains(w)));
        _metrics.At(_at.Position, _live.PairCount);
    }

    private async Task AdoptAsync(RulePair pair, CancellationToken ct)
    {
        await _loader.AdoptAsync(pair, ct);
        // Perhaps the rule itself was saved by another process.
        _news.Note(new(pair.Tenant.Id, ChangeKind.Rule, Id: pair.Rule.Rule.Id));
    }

    /// <summary>Rule by rule: the one whose decisions storage refuses is set aside, the others go on.</summary>
    private async Task CommitApartAsync(List<RuleWrite> all, HashSet<RuleWrite> stale, CancellationToken ct)
    {
        foreach (var rule in all.GroupBy(w => (w.TenantId, w.RuleId)))
        {
            try
            {
                stale.UnionWith(
                    await _storage.Journal.CommitAsync([.. rule], _committed.Position, _committed.Clock, ct)
                );
            }
            catch (RuleWriteRefusedException e)
            {
                stale.UnionWith(rule);
                if (rule.Select(w => w.RuleVersion).FirstOrDefault(v => v is not null) is { } version)
                    await StopAsync(rule.Key.TenantId, rule.Key.RuleId, version, e, ct);
            }
        }

        await _storage.Journal.CommitAsync([], _at.Position, _at.Clock, ct);
    }

    private void Tell(IEnumerable<RuleWrite> written)
    {
        foreach (var write in written)
        {
            _metrics.Alerts.Add(write.Opened.Count);
            foreach (var alert in write.Opened.Select(a => a.Id).Concat(write.Ended.Select(e => e.AlertId)))
                _news.Tell(new(write.TenantId, ChangeKind.Alert, write.DeviceKey, alert.ToString()));
        }
    }
}
