using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Devices;

public sealed class PresenceTrackerTests : IDisposable
{
    private static readonly TenantId Tenant = new(7);

    private readonly FakeTimeProvider _clock = new();
    private readonly Store _store = new();
    private readonly ChangeFeed _changes = new();
    private readonly PresenceTracker _tracker;

    public PresenceTrackerTests() =>
        _tracker = new(_store, _changes, new NodeName("node"), _clock, NullLogger<PresenceTracker>.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_happens_between_two_saves_is_one_row_a_device()
    {
        _tracker.Connected(Tenant, 1);
        _tracker.Heard(Tenant, 1, _clock.GetUtcNow(), isFirst: true);
        _tracker.Disconnected(Tenant, 1);
        _tracker.Heard(Tenant, 2, _clock.GetUtcNow(), isFirst: false);

        await _tracker.TickAsync(Ct);
        await _tracker.TickAsync(Ct);

        var saved = Assert.Single(_store.Saved);
        Assert.Equal(2, saved.Count);
        var first = saved.Single(p => p.DeviceKey == 1);
        Assert.False(first.IsConnected);
        Assert.NotNull(first.ConnectedAt);
        Assert.NotNull(first.LastMessageAt);
    }

    [Fact]
    public async Task While_storage_is_away_changes_wait_and_merge_in_order()
    {
        _store.IsAway = true;
        _tracker.Connected(Tenant, 1);
        await _tracker.TickAsync(Ct);
        _tracker.Disconnected(Tenant, 1);
        await _tracker.TickAsync(Ct);

        _store.IsAway = false;
        await _tracker.TickAsync(Ct);

        var presence = Assert.Single(Assert.Single(_store.Saved));
        Assert.False(presence.IsConnected);
        Assert.NotNull(presence.ConnectedAt);
    }

    [Fact]
    public async Task Pages_are_told_after_it_is_saved_of_connections_and_first_messages()
    {
        var told = new List<Change>();
        using var listening = _changes.Listen(told.Add);
        _tracker.Connected(Tenant, 1);
        _tracker.Heard(Tenant, 2, _clock.GetUtcNow(), isFirst: false);
        _tracker.Heard(Tenant, 3, _clock.GetUtcNow(), isFirst: true);
        _tracker.Heard(Tenant, 3, _clock.GetUtcNow(), isFirst: false);
        Assert.Empty(told);

        await _tracker.TickAsync(Ct);

        Assert.Equal([new(Tenant, ChangeKind.Connection, 1), new(Tenant, ChangeKind.Connection, 3)], told);
    }

    private sealed class Store : IPresenceStore
    {
        public bool IsAway { get; set; }
        public List<IReadOnlyList<PresenceChange>> Saved { get; } = [];

        public Task<long> BeginEpochAsync(string node, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct) =>
            IsAway ? throw new IOException("away") : Task.FromResult(1L);

        public Task HeartbeatAsync(long epoch, DateTimeOffset now, TimeSpan deadAfter, CancellationToken ct) =>
            Task.CompletedTask;

        public Task EndEpochAsync(long epoch, DateTimeOffset now, CancellationToken ct) => Task.CompletedTask;

        public Task SaveAsync(long epoch, IReadOnlyList<PresenceChange> presences, CancellationToken ct)
        {
            if (IsAway)
                throw new IOException("away");
            Saved.Add(presences);
            return Task.CompletedTask;
        }
    }

    public void Dispose() => _tracker.Dispose();
}
