using IoTCentral.Core.Audit;
using IoTCentral.Core.CloudToDevice;
using IoTCentral.Core.Commands;
using IoTCentral.Core.Common;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Templates;
using IoTCentral.Core.Tenants;
using IoTCentral.Core.Twins;

namespace IoTCentral.Web.Tests.Devices.Commands;

internal sealed class MemoryCommands : ICommandStore
{
    public List<CommandCall> All { get; } = [];

    public Task AddAsync(TenantId tenant, CommandCall call, AuditEntry audit, CancellationToken ct)
    {
        All.Insert(0, call);
        return Task.CompletedTask;
    }

    public Task EndAsync(TenantId tenant, CommandCall call, CancellationToken ct)
    {
        All[All.FindIndex(c => c.Id == call.Id)] = call;
        return Task.CompletedTask;
    }

    public Task<Page<CommandCall>> ListAsync(
        TenantId tenant,
        long deviceKey,
        CapabilityPath? path,
        (string? After, int Limit) page,
        CancellationToken ct
    ) => Task.FromResult(new Page<CommandCall>([.. All.Take(page.Limit)], null));
}

internal sealed class MemoryQueue : ICloudMessageStore
{
    public List<CloudMessage> All { get; } = [];

    public Task<CloudMessage?> AddAsync(
        TenantId tenant,
        long deviceKey,
        NewCloudMessage message,
        (DateTimeOffset Now, int MostWaiting) when,
        AuditEntry? audit,
        CancellationToken ct
    )
    {
        var added = new CloudMessage
        {
            DeviceKey = deviceKey,
            Sequence = All.Count + 1,
            MessageId = message.MessageId,
            Properties = message.Properties,
            Body = message.Body,
            TimeToLive = message.TimeToLive,
            Enqueued = when.Now,
            Expires = when.Now + message.TimeToLive,
        };
        All.Insert(0, added);
        return Task.FromResult<CloudMessage?>(added);
    }

    public Task<int> PurgeAsync(
        TenantId tenant,
        long deviceKey,
        DateTimeOffset now,
        AuditEntry audit,
        CancellationToken ct
    )
    {
        for (var i = 0; i < All.Count; i++)
            All[i] = All[i] with { Outcome = CloudOutcome.Purged, EndedAt = now };
        return Task.FromResult(All.Count);
    }

    public Task<Page<CloudMessage>> ListAsync(
        TenantId tenant,
        long deviceKey,
        long? before,
        int limit,
        CancellationToken ct
    ) => Task.FromResult(new Page<CloudMessage>([.. All.Take(limit)], null));

    public Task<IReadOnlyList<CloudMessage>> LockAsync(
        TenantId tenant,
        long deviceKey,
        CloudLock wanted,
        DateTimeOffset now,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<bool> EndAsync(
        TenantId tenant,
        long deviceKey,
        Guid lockToken,
        (CloudOutcome Outcome, DateTimeOffset At) end,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task AbandonAsync(
        TenantId tenant,
        long deviceKey,
        IReadOnlyCollection<Guid> lockTokens,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<IReadOnlyList<(TenantId Tenant, long DeviceKey)>> SweepAsync(
        DateTimeOffset now,
        DateTimeOffset forget,
        CancellationToken ct
    ) => throw new NotSupportedException();
}

/// <summary>A connected device that answers as it is told to.</summary>
internal sealed class AnsweringLink : IDeviceLink
{
    public MethodAnswer Answer { get; set; } = new(MethodOutcome.Answered, 200, default);

    /// <summary>Instead of <see cref="Answer"/>, when it takes its time.</summary>
    public Task<MethodAnswer>? Pending { get; set; }
    public MethodCall? Called { get; private set; }

    public Task<MethodAnswer> CallAsync(TenantId tenant, long deviceKey, MethodCall call, CancellationToken ct)
    {
        Called = call;
        return Pending ?? Task.FromResult(Answer);
    }

    public void CloudMessageWaits(TenantId tenant, long deviceKey) { }

    public ValueTask DropAsync(TenantId tenant, long deviceKey, string reason, CancellationToken ct) => default;

    public ValueTask<bool> PushDesiredAsync(
        TenantId tenant,
        long deviceKey,
        ReadOnlyMemory<byte> patch,
        long version,
        CancellationToken ct
    ) => new(false);
}

internal sealed class MemoryTwins : ITwinStore
{
    public Task<Twin?> FindAsync(TenantId tenant, long deviceKey, CancellationToken ct) =>
        Task.FromResult<Twin?>(new() { TenantId = tenant, DeviceKey = deviceKey });

    public Task<Twin?> ChangeAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        Func<Twin, AuditEntry>? audit,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task<Twin?> ReportAsync(
        TenantId tenant,
        long deviceKey,
        Func<Twin, Twin> change,
        System.Text.Json.Nodes.JsonObject patch,
        CancellationToken ct
    ) => throw new NotSupportedException();
}
