using IoTCentral.Core.Access;
using IoTCentral.Core.Audit;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Devices;

public sealed class DeviceRegistryTests
{
    private readonly Store _store = new();
    private readonly Link _link = new();
    private readonly ChangeFeed _changes = new();
    private readonly List<Change> _told = [];
    private readonly DeviceRegistry _registry;

    public DeviceRegistryTests()
    {
        _registry = new(_store, _link, _changes, new FakeTimeProvider());
        _changes.Listen(_told.Add);
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    private static Caller Anybody => Caller.System(new TenantId(7));

    [Theory]
    [InlineData("", "x")]
    [InlineData("with space", "x")]
    [InlineData("slash/y", "x")]
    [InlineData("ok", "tab\t")]
    public async Task Illegal_ids_and_names_are_refused(string id, string name)
    {
        var refused = await Assert.ThrowsAsync<InvalidRequestException>(() =>
            _registry.AddAsync(Anybody, new NewDevice { Id = id, Name = name + "y" }, Ct)
        );

        Assert.Equal("device.invalid", refused.Code);
    }

    [Fact]
    public async Task A_device_without_a_name_is_called_by_its_id() => Assert.Equal("pump-1", (await AddAsync()).Name);

    [Fact]
    public async Task Every_change_is_told_and_audited()
    {
        var device = await AddAsync();
        await _registry.UpdateAsync(Anybody, device with { Name = "Pump" }, Ct);
        await _registry.BlockAsync(Anybody, "pump-1", Ct);
        await _registry.UnblockAsync(Anybody, "pump-1", Ct);
        await _registry.DeleteAsync(Anybody, "pump-1", Ct);

        Assert.Equal(
            ["device.create", "device.update", "device.block", "device.unblock", "device.delete"],
            _store.Audits.Select(a => a.Action)
        );
        Assert.All(_told, c => Assert.Equal(new(new TenantId(7), ChangeKind.Device, 1, "pump-1"), c));
        Assert.Equal(5, _told.Count);
    }

    [Fact]
    public async Task Blocking_and_deleting_drop_the_connection()
    {
        await AddAsync();

        await _registry.BlockAsync(Anybody, "pump-1", Ct);
        await _registry.DeleteAsync(Anybody, "pump-1", Ct);

        Assert.Equal([(1L, "blocked"), (1L, "deleted")], _link.Dropped);
    }

    [Fact]
    public async Task Blocking_a_blocked_device_changes_nothing()
    {
        await _registry.AddAsync(Anybody, new NewDevice { Id = "pump-1", IsBlocked = true }, Ct);

        await _registry.BlockAsync(Anybody, "pump-1", Ct);

        Assert.Single(_store.Audits);
    }

    [Fact]
    public async Task Put_creates_then_replaces_and_refuses_a_stale_version()
    {
        await _registry.PutAsync(Anybody, new NewDevice { Id = "pump-1", Name = "A" }, null, Ct);
        var replaced = await _registry.PutAsync(Anybody, new NewDevice { Id = "pump-1", Name = "B" }, 1, Ct);

        Assert.Equal(("B", 2), (replaced.Name, replaced.Version));
        await Assert.ThrowsAsync<StaleEditException>(() =>
            _registry.PutAsync(Anybody, new NewDevice { Id = "pump-1", Name = "C" }, 1, Ct)
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_device_with_a_history_stays_real_or_simulated(bool wasSimulated)
    {
        await _registry.AddAsync(Anybody, new NewDevice { Id = "seen", IsSimulated = wasSimulated }, Ct);
        _store.Change("seen", d => d with { Status = ProvisioningStatus.Provisioned });
        await _registry.AddAsync(Anybody, new NewDevice { Id = "heard", IsSimulated = wasSimulated }, Ct);
        _store.Change("heard", d => d with { Presence = new() { LastMessageAt = DateTimeOffset.UnixEpoch } });

        foreach (var id in new[] { "seen", "heard" })
        {
            var device = await _registry.GetAsync(Anybody, id, Ct) with { IsSimulated = !wasSimulated };
            var wanted = new NewDevice { Id = id, IsSimulated = !wasSimulated };

            var updated = await Assert.ThrowsAsync<ConflictException>(() => _registry.UpdateAsync(Anybody, device, Ct));
            var put = await Assert.ThrowsAsync<ConflictException>(() => _registry.PutAsync(Anybody, wanted, null, Ct));
            Assert.Equal(("device.provisioned", "device.provisioned"), (updated.Code, put.Code));
        }
    }

    [Fact]
    public async Task A_device_nobody_ever_connected_may_be_simulated_after_all()
    {
        var device = await AddAsync();

        var changed = await _registry.UpdateAsync(Anybody, device with { IsSimulated = true }, Ct);

        Assert.True(changed.IsSimulated);
    }

    [Theory]
    [InlineData(Permission.CreateDevices)]
    [InlineData(Permission.UpdateDevices)]
    [InlineData(Permission.DeleteDevices)]
    [InlineData(Permission.ViewDevices)]
    public async Task Each_call_asks_for_its_permission(Permission missing)
    {
        var device = await AddAsync();
        var caller = Anybody with { Permissions = PermissionSet.All.Without(missing) };
        Func<Task> call = missing switch
        {
            Permission.CreateDevices => () => _registry.AddAsync(caller, new NewDevice { Id = "other" }, Ct),
            Permission.UpdateDevices => () => _registry.UpdateAsync(caller, device with { Name = "x" }, Ct),
            Permission.DeleteDevices => () => _registry.DeleteAsync(caller, "pump-1", Ct),
            _ => () => _registry.GetAsync(caller, "pump-1", Ct),
        };

        await Assert.ThrowsAsync<ForbiddenException>(call);
        Assert.Single(_store.Audits);
    }

    [Fact]
    public async Task A_device_that_is_not_there_is_not_found()
    {
        await Assert.ThrowsAsync<NotFoundException>(() => _registry.GetAsync(Anybody, "nobody", Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => _registry.DeleteAsync(Anybody, "nobody", Ct));
        await Assert.ThrowsAsync<NotFoundException>(() => _registry.BlockAsync(Anybody, "nobody", Ct));
    }

    [Fact]
    public async Task A_device_that_waits_is_approved_once()
    {
        await AddAsync();
        _store.Change("pump-1", d => d with { Status = ProvisioningStatus.Waiting });

        var approved = await _registry.ApproveAsync(Anybody, "pump-1", Ct);
        await _registry.ApproveAsync(Anybody, "pump-1", Ct);

        Assert.Equal(ProvisioningStatus.Registered, approved.Status);
        Assert.Single(_store.Audits, a => a.Action == "device.approve");
    }

    private Task<Device> AddAsync() => _registry.AddAsync(Anybody, new NewDevice { Id = "pump-1" }, Ct);

    private sealed class Link : IDeviceLink
    {
        public Task<MethodAnswer> CallAsync(TenantId tenant, long deviceKey, MethodCall call, CancellationToken ct) =>
            Task.FromResult(MethodAnswer.Without(MethodOutcome.NotConnected));

        public void CloudMessageWaits(TenantId tenant, long deviceKey) { }

        public List<(long, string)> Dropped { get; } = [];

        public ValueTask DropAsync(TenantId tenant, long deviceKey, string reason, CancellationToken ct)
        {
            Dropped.Add((deviceKey, reason));
            return default;
        }

        public ValueTask<bool> PushDesiredAsync(
            TenantId tenant,
            long deviceKey,
            ReadOnlyMemory<byte> patch,
            long version,
            CancellationToken ct
        ) => new(false);
    }

    private sealed class Store : IDeviceStore
    {
        private readonly Dictionary<string, Device> _devices = [];

        public List<AuditEntry> Audits { get; } = [];

        public void Change(string id, Func<Device, Device> change) => _devices[id] = change(_devices[id]);

        public Task<Device?> FindAsync(TenantId tenant, string id, CancellationToken ct) =>
            Task.FromResult(_devices.GetValueOrDefault(id));

        public Task<Device> AddAsync(Device device, AuditEntry audit, CancellationToken ct)
        {
            Audits.Add(audit);
            return Task.FromResult(_devices[device.Id] = device with { Key = _devices.Count + 1 });
        }

        public Task<Device> UpdateAsync(Device device, AuditEntry audit, CancellationToken ct)
        {
            if (_devices[device.Id].Version != device.Version)
                throw new StaleEditException("stale");
            Audits.Add(audit);
            return Task.FromResult(_devices[device.Id] = device with { Version = device.Version + 1 });
        }

        public Task<bool> DeleteAsync(TenantId tenant, string id, AuditEntry audit, CancellationToken ct)
        {
            Audits.Add(audit);
            return Task.FromResult(_devices.Remove(id));
        }

        public Task<Device?> ApproveAsync(TenantId tenant, long key, AuditEntry audit, CancellationToken ct)
        {
            Audits.Add(audit);
            var device = _devices.Values.Single(d => d.Key == key);
            return Task.FromResult<Device?>(
                _devices[device.Id] = device with { Status = ProvisioningStatus.Registered }
            );
        }

        public Task<Device?> FindAsync(TenantId tenant, long key, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<IReadOnlyList<Device>> FindIgnoringCaseAsync(TenantId tenant, string id, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Page<Device>> ListAsync(
            TenantId tenant,
            DeviceFilter filter,
            string? after,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task<long> CountAsync(TenantId tenant, DeviceFilter filter, CancellationToken ct) =>
            throw new NotSupportedException();

        public Task<Device?> ProvisionAsync(
            TenantId tenant,
            long key,
            string? modelId,
            AuditEntry audit,
            CancellationToken ct
        ) => throw new NotSupportedException();
    }
}
