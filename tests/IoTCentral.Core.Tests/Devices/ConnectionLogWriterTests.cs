using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Core.Tests.Devices;

public sealed class ConnectionLogWriterTests : IDisposable
{
    private readonly FakeTimeProvider _clock = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));
    private readonly Lines _lines = new();
    private readonly ConnectionLogWriter _writer;

    public ConnectionLogWriterTests() =>
        _writer = new(_lines, new ChangeFeed(), _clock, NullLogger<ConnectionLogWriter>.Instance);

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public void Dispose() => _writer.Dispose();

    [Fact]
    public async Task Why_it_was_cut_off_is_told_however_often_a_device_comes_and_goes()
    {
        for (var i = 0; i < 100; i++)
            Write(ConnectionEvent.Connected, ConnectionCode.Connected);
        Write(ConnectionEvent.Disconnected, ConnectionCode.TokenEnded);
        Write(ConnectionEvent.Disconnected, ConnectionCode.TooLarge);
        Write(ConnectionEvent.Disconnected, ConnectionCode.KeepAlive);

        await _writer.TickAsync(Ct);

        Assert.Equal(
            [ConnectionCode.TokenEnded, ConnectionCode.TooLarge, ConnectionCode.KeepAlive],
            _lines.Stored.Select(l => l.Code).Where(c => c != ConnectionCode.Connected)
        );
        Assert.Equal(20, _lines.Stored.Count(l => l.Code == ConnectionCode.Connected));
    }

    [Fact]
    public async Task Repeats_of_a_reason_within_a_minute_are_one_line_with_a_count()
    {
        Write(ConnectionEvent.Refused, ConnectionCode.WrongKey);
        Write(ConnectionEvent.Refused, ConnectionCode.WrongKey);
        await _writer.TickAsync(Ct);
        _clock.Advance(TimeSpan.FromSeconds(30));
        for (var i = 0; i < 3; i++)
            Write(ConnectionEvent.Refused, ConnectionCode.WrongKey);
        await _writer.TickAsync(Ct);
        await _writer.TickAsync(Ct);

        Assert.Equal([2, 5], _lines.Stored.Select(l => l.Count));
        Assert.Single(_lines.Stored.Select(l => l.Run).Distinct());
        Assert.NotNull(_lines.Stored[0].Run);
    }

    [Fact]
    public async Task After_a_minute_and_for_another_reason_there_is_another_line()
    {
        Write(ConnectionEvent.Refused, ConnectionCode.WrongKey);
        Write(ConnectionEvent.Refused, ConnectionCode.Blocked);
        _clock.Advance(TimeSpan.FromMinutes(1));
        Write(ConnectionEvent.Refused, ConnectionCode.WrongKey);

        await _writer.TickAsync(Ct);

        Assert.Equal([1, 1, 1], _lines.Stored.Select(l => l.Count));
        Assert.Equal(3, _lines.Stored.Select(l => l.Run).Distinct().Count());
    }

    private void Write(ConnectionEvent kind, string code) =>
        _writer.Write(
            new ConnectionLogEntry
            {
                TenantId = new(1),
                DeviceKey = 7,
                DeviceId = "pump-1",
                At = _clock.GetUtcNow(),
                Kind = kind,
                Code = code,
                Detail = "…",
                Address = "10.1.2.3",
                Protocol = "MQTT",
            }
        );

    private sealed class Lines : IConnectionLogStore
    {
        public List<ConnectionLogEntry> Stored { get; } = [];

        public Task AddAsync(
            IReadOnlyList<ConnectionLogEntry> entries,
            IReadOnlyList<ConnectionAttempt> attempts,
            CancellationToken ct
        )
        {
            Stored.AddRange(entries);
            return Task.CompletedTask;
        }

        public Task<IReadOnlyList<ConnectionLogEntry>> OfDeviceAsync(
            TenantId tenant,
            string deviceId,
            long? before,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task<IReadOnlyList<ConnectionLogEntry>> OfUnknownAsync(
            TenantId tenant,
            string? groupId,
            DateTimeOffset since,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task<IReadOnlyList<ConnectionAttempt>> AttemptsAsync(
            AttemptFilter filter,
            DateTimeOffset since,
            int limit,
            CancellationToken ct
        ) => throw new NotSupportedException();

        public Task DeleteBeforeAsync(
            DateTimeOffset lines,
            DateTimeOffset attempts,
            int keepAttempts,
            CancellationToken ct
        ) => Task.CompletedTask;
    }
}
