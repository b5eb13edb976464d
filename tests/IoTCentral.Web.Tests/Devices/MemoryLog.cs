using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;

namespace IoTCentral.Web.Tests.Devices;

/// <summary>A connection log that a test fills.</summary>
internal sealed class MemoryLog : IConnectionLogStore
{
    public List<ConnectionAttempt> Attempts { get; } = [];
    public List<ConnectionLogEntry> Unknown { get; } = [];
    public AttemptFilter? Asked { get; private set; }
    public string? AskedGroup { get; private set; }

    public static ConnectionLogEntry Refused(string deviceId, DateTimeOffset at) =>
        new()
        {
            TenantId = new(1),
            Id = 1,
            DeviceId = deviceId,
            At = at,
            Kind = ConnectionEvent.Refused,
            Code = ConnectionCode.WrongKey,
            Detail = "Its token is signed with no key of ours. Compare the keys.",
            Address = "10.1.2.3",
            Protocol = "DPS over MQTT",
            Proof = "a token",
            Client = "lamp/1.0",
            Count = 5,
        };

    public Task<IReadOnlyList<ConnectionLogEntry>> OfUnknownAsync(
        TenantId tenant,
        string? groupId,
        DateTimeOffset since,
        int limit,
        CancellationToken ct
    )
    {
        AskedGroup = groupId;
        return Task.FromResult<IReadOnlyList<ConnectionLogEntry>>(Unknown);
    }

    public Task<IReadOnlyList<ConnectionLogEntry>> OfDeviceAsync(
        TenantId tenant,
        string deviceId,
        long? before,
        int limit,
        CancellationToken ct
    ) => Task.FromResult<IReadOnlyList<ConnectionLogEntry>>([]);

    public Task<IReadOnlyList<ConnectionAttempt>> AttemptsAsync(
        AttemptFilter filter,
        DateTimeOffset since,
        int limit,
        CancellationToken ct
    )
    {
        Asked = filter;
        return Task.FromResult<IReadOnlyList<ConnectionAttempt>>(Attempts);
    }

    public Task AddAsync(
        IReadOnlyList<ConnectionLogEntry> entries,
        IReadOnlyList<ConnectionAttempt> attempts,
        CancellationToken ct
    ) => throw new NotSupportedException();

    public Task DeleteBeforeAsync(
        DateTimeOffset lines,
        DateTimeOffset attempts,
        int keepAttempts,
        CancellationToken ct
    ) => throw new NotSupportedException();
}
