using System.Collections.Concurrent;
using Dapper;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Telemetry;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Hub.Tests.Telemetry;

/// <summary>PostgreSQL is away while devices send, refusing or hanging; the clock is the test's, the database real.</summary>
public sealed class StorageAwayTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    // Together they send more than an application may hold in memory.
    private const int Senders = 24;
    private const int BodyBytes = 8_000;

    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly ConcurrentBag<int> _acknowledged = [];
    private readonly List<MqttClient> _clients = [];
    private PostgresProxy _proxy = null!;
    private TestHub _hub = null!;
    private int _number;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _proxy = new PostgresProxy(database.ConnectionString);
        _hub = await TestHub.StartAsync(
            database,
            new() { DeviceMessagesPerSecond = 0, ApplicationMessagesPerSecond = 0 },
            _clock,
            connectionString: _proxy.ConnectionString
        );
    }

    public async ValueTask DisposeAsync()
    {
        _proxy.GoOn();
        foreach (var client in _clients)
            await client.DisposeAsync();
        await PassUntilAsync(_hub.DisposeAsync().AsTask());
        await _proxy.DisposeAsync();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_was_acknowledged_before_and_after_is_stored_and_what_waits_meanwhile_is_bounded(
        bool isHanging
    )
    {
        var senders = await ConnectAsync("sender", Senders);
        var idle = (await ConnectAsync("idle", 1))[0];
        await PassUntilAsync(Task.WhenAll(senders.Select((s, i) => SendAsync(s, $"sender-{i}", 20))));

        BeAway(isHanging);
        var floods = senders.Select((s, i) => FloodAsync(s, $"sender-{i}")).ToList();
        await StandstillAsync();

        // Nobody is read any more, and an application's share of the memory is not exceeded by more than a message.
        var limits = _hub.Services.GetRequiredService<IngestLimits>();
        var queue = _hub.Services.GetRequiredService<IngestQueue>();
        Assert.InRange(queue.Bytes, limits.TenantBytes / 2, limits.TenantBytes + BodyBytes + 1_000);
        Assert.All(floods, f => Assert.False(f.IsCompleted));
        Assert.True(await senders[0].IsSilentAsync());

        await PassAsync(TimeSpan.FromSeconds(62), TimeSpan.FromSeconds(1));

        await Task.WhenAll(senders.Select(s => s.ClosedAsync()));
        await Task.WhenAll(floods);
        await idle.PingAsync();
        await idle.ReadAsync(MqttClient.PingResp);
        Assert.InRange(queue.Bytes, 0, limits.TenantBytes + BodyBytes + 1_000);

        _proxy.GoOn();

        await PassUntilAsync(_hub.LineAsync("sender-0", ConnectionCode.StorageAway));
        var again = await ConnectAsync("sender", Senders);
        await PassUntilAsync(Task.WhenAll(again.Select((s, i) => SendAsync(s, $"sender-{i}", 20))));
        var stored = await StoredAsync();
        Assert.Equal(2 * 20 * Senders, _acknowledged.Count);
        Assert.Empty(_acknowledged.Except(stored));
        Assert.Equal(stored.Count, stored.Distinct().Count());
        await Eventually.TrueAsync(() => queue.Bytes == 0);
    }

    private void BeAway(bool isHanging)
    {
        if (isHanging)
            _proxy.Hang();
        else
            _proxy.Refuse();
    }

    private async Task<List<MqttClient>> ConnectAsync(string name, int count)
    {
        var clients = new List<MqttClient>();
        for (var i = 0; i < count; i++)
        {
            var device = await _hub.DeviceAsync($"{name}-{i}");
            var client = await _hub.OpenAsync();
            var login = Sign.Hub(device, until: _clock.GetUtcNow().AddHours(2));
            Assert.Equal(0, await client.ConnectAsync(login, keepAlive: 0));
            clients.Add(client);
        }

        _clients.AddRange(clients);
        return clients;
    }

    /// <summary>Sends so many messages and notes their numbers as they are acknowledged.</summary>
    private async Task SendAsync(MqttClient client, string id, int count)
    {
        var numbers = new List<int>();
        for (var packet = 1; packet <= count; packet++)
        {
            numbers.Add(Interlocked.Increment(ref _number));
            await client.SendAsync(PacketOf(id, packet, numbers[^1]));
        }

        for (var packet = 1; packet <= count; packet++)
            _acknowledged.Add(numbers[(await client.ReadAsync(MqttClient.PubAck)).Id - 1]);
    }

    /// <summary>Sends far more than is read, until the connection ends.</summary>
    private async Task FloodAsync(MqttClient client, string id)
    {
        try
        {
            for (var packet = 1; packet <= 5_000; packet++)
                await client.SendAsync(PacketOf(id, packet, Interlocked.Increment(ref _number)));
        }
        catch (IOException)
        {
            // the hub gave it up
        }
    }

    private static byte[] PacketOf(string id, int packet, int number) =>
        MqttClient.PublishPacket(
            $"devices/{id}/messages/events/",
            System.Text.Encoding.UTF8.GetBytes($$"""{"n":{{number}},"pad":"{{new string('x', BodyBytes)}}"}"""),
            packet
        );

    private async Task<List<int>> StoredAsync()
    {
        await using var owner = await database.OpenAsOwnerAsync(Ct);
        var stored = await owner.QueryAsync<int>(
            "select (convert_from(body, 'UTF8')::jsonb ->> 'n')::int from message_log where tenant_id = @tenant",
            new { tenant = _hub.Application.TenantId.Value }
        );
        return [.. stored];
    }

    /// <summary>Waits until no more messages come into memory.</summary>
    private async Task StandstillAsync()
    {
        var queue = _hub.Services.GetRequiredService<IngestQueue>();
        for (var before = -1L; before != queue.Bytes || before == 0; )
        {
            before = queue.Bytes;
            await PassAsync(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(10));
        }
    }

    /// <summary>Lets time pass in steps, so that every timer runs as often as it would.</summary>
    private async Task PassAsync(TimeSpan time, TimeSpan step)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += step)
        {
            _clock.Advance(step);
            await Task.Delay(5, CancellationToken.None);
        }
    }

    private async Task PassUntilAsync(Task done)
    {
        while (!done.IsCompleted)
            await PassAsync(TimeSpan.FromMilliseconds(20), TimeSpan.FromMilliseconds(10));
        await done;
    }
}
