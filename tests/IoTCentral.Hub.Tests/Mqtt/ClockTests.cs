using IoTCentral.Core.Access;
using IoTCentral.Core.Devices;
using IoTCentral.Core.Tenants;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Hub.Tests.Mqtt;

/// <summary>What happens as time goes by; the clock is the test's.</summary>
public sealed class ClockTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly HeldIngest _store = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() => await StartAsync(messagesPerSecond: 0);

    public async ValueTask DisposeAsync()
    {
        _store.IsOpen = true;
        _store.Commit();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Who_sends_no_connect_is_closed_after_10_seconds()
    {
        await using var silent = await _hub.OpenAsync();
        await OpenedAsync();

        await PassAsync(11);

        await silent.ClosedAsync();
        await PassUntilAsync(() => _hub.AttemptAsync(ConnectionCode.NoConnect));
    }

    [Fact]
    public async Task Half_a_connect_is_no_connect()
    {
        await using var slow = await _hub.OpenAsync();
        await OpenedAsync();
        await slow.SendAsync([0x10, 40, 0, 4, (byte)'M']);

        await PassAsync(11);

        await slow.ClosedAsync();
    }

    [Fact]
    public async Task Silence_of_one_and_a_half_keep_alives_ends_the_connection()
    {
        await using var device = await ConnectAsync("quiet", keepAlive: 20);

        await PassAsync(29);
        await device.PingAsync();
        await device.ReadAsync(MqttClient.PingResp);
        await PassAsync(32);

        await device.ClosedAsync();
        await PassUntilAsync(() => _hub.LineAsync("quiet", ConnectionCode.KeepAlive));
    }

    [Fact]
    public async Task Keep_alive_0_means_1767_seconds()
    {
        await using var device = await ConnectAsync("unbounded", keepAlive: 0, until: TimeSpan.FromHours(24));

        await PassAsync(1700);
        await device.PingAsync();
        await device.ReadAsync(MqttClient.PingResp);
        await PassAsync(1770);

        await device.ClosedAsync();
    }

    [Fact]
    public async Task The_connection_ends_with_its_token()
    {
        await using var device = await ConnectAsync("tokened", keepAlive: 0, until: TimeSpan.FromMinutes(10));

        await PassAsync(601);

        await device.ClosedAsync();
        await PassUntilAsync(() => _hub.LineAsync("tokened", ConnectionCode.TokenEnded));
    }

    [Fact]
    public async Task While_we_do_not_read_its_keep_alive_stands_still_for_a_minute()
    {
        await using var device = await ConnectAsync("waiting", keepAlive: 10);
        var packets = Enumerable
            .Range(1, 300)
            .SelectMany(i => MqttClient.PublishPacket("devices/waiting/messages/events/", "{}"u8.ToArray(), i));
        await device.SendAsync([.. packets]);
        await _store.HasAsync(256);

        await PassAsync(50);
        _store.IsOpen = true;
        _store.Commit();

        for (var i = 1; i <= 300; i++)
            Assert.Equal(i, (await device.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task Storage_away_for_a_minute_closes_who_waits_and_leaves_who_is_idle()
    {
        await using var idle = await ConnectAsync("idle", keepAlive: 0);
        await using var waiting = await ConnectAsync("held-up", keepAlive: 0);
        var packets = Enumerable
            .Range(1, 300)
            .SelectMany(i => MqttClient.PublishPacket("devices/held-up/messages/events/", "{}"u8.ToArray(), i));
        await waiting.SendAsync([.. packets]);
        await _store.HasAsync(256);

        await PassAsync(62);

        await waiting.ClosedAsync();
        await PassUntilAsync(() => _hub.LineAsync("held-up", ConnectionCode.StorageAway));
        await idle.PingAsync();
        await idle.ReadAsync(MqttClient.PingResp);
    }

    [Fact]
    public async Task Over_50_messages_a_second_it_is_read_more_slowly_and_its_log_says_so()
    {
        _store.IsOpen = true;
        await _hub.DisposeAsync();
        await StartAsync(messagesPerSecond: 50);
        await using var device = await ConnectAsync("chatty", keepAlive: 0);
        var packets = Enumerable
            .Range(1, 120)
            .SelectMany(i => MqttClient.PublishPacket("devices/chatty/messages/events/", "{}"u8.ToArray(), i));

        await device.SendAsync([.. packets]);
        var atOnce = await StandstillAsync();
        await PassAsync(1, steps: 20);
        var afterASecond = await StandstillAsync();
        await PassUntilAsync(() => _hub.LineAsync("chatty", ConnectionCode.Slowed));
        await PassUntilAsync(() => _store.HasAsync(120));

        Assert.InRange(atOnce, 50, 52);
        Assert.InRange(afterASecond, 95, 105);
    }

    [Fact]
    public async Task Over_its_applications_messages_a_second_all_its_devices_are_read_more_slowly_and_others_are_not()
    {
        _store.IsOpen = true;
        await _hub.DisposeAsync();
        await StartAsync(messagesPerSecond: 0, ofApplication: 50);
        var quiet = await _hub.NewApplicationAsync("Quiet");
        await using var one = await ConnectAsync("one", keepAlive: 0);
        await using var two = await ConnectAsync("two", keepAlive: 0);
        await using var others = await ConnectAsync("others", keepAlive: 0, application: quiet);

        await one.SendAsync(Telemetry("one", 60));
        await two.SendAsync(Telemetry("two", 60));
        var atOnce = await StandstillAsync();
        await others.SendAsync(Telemetry("others", 40));
        var withOthers = await StandstillAsync();
        await PassAsync(1, steps: 20);
        var afterASecond = await StandstillAsync();
        await PassUntilAsync(() => _hub.LineAsync("one", ConnectionCode.Slowed));
        await PassUntilAsync(() => _store.HasAsync(160));

        Assert.InRange(atOnce, 50, 53);
        Assert.Equal(40, withOthers - atOnce);
        Assert.InRange(afterASecond - withOthers, 40, 55);
        Assert.All(await LinesAsync("others", quiet), l => Assert.NotEqual(ConnectionCode.Slowed, l.Code));
    }

    private async Task StartAsync(int messagesPerSecond, int ofApplication = 5_000) =>
        _hub = await TestHub.StartAsync(
            database,
            new() { DeviceMessagesPerSecond = messagesPerSecond, ApplicationMessagesPerSecond = ofApplication },
            _clock,
            _store
        );

    private async Task<IReadOnlyList<ConnectionLogEntry>> LinesAsync(string id, Application application)
    {
        var reader = _hub.Services.GetRequiredService<ConnectionLogReader>();
        var caller = Caller.System(application.TenantId);
        return (await reader.OfDeviceAsync(caller, id, null, 50, CancellationToken.None)).Items;
    }

    private static byte[] Telemetry(string id, int count) =>
        [
            .. Enumerable
                .Range(1, count)
                .SelectMany(i => MqttClient.PublishPacket($"devices/{id}/messages/events/", "{}"u8.ToArray(), i)),
        ];

    private async Task<MqttClient> ConnectAsync(
        string id,
        int keepAlive,
        TimeSpan? until = null,
        Application? application = null
    )
    {
        var device = await _hub.DeviceAsync(id, application);
        var client = await _hub.OpenAsync();
        var login = Sign.Hub(device, until: _clock.GetUtcNow() + (until ?? TimeSpan.FromHours(2)));
        Assert.Equal(0, await client.ConnectAsync(login, keepAlive: keepAlive));
        return client;
    }

    /// <summary>TLS is done on both sides, and the hub waits for the CONNECT.</summary>
    private static Task OpenedAsync() => Task.Delay(200);

    /// <summary>Lets time pass in steps, so that every timer runs as often as it would.</summary>
    private async Task PassAsync(int seconds, int steps = 0)
    {
        steps = steps == 0 ? Math.Min(seconds, 100) : steps;
        for (var i = 0; i < steps; i++)
        {
            _clock.Advance(TimeSpan.FromSeconds((double)seconds / steps));
            await Task.Delay(5);
        }
    }

    private async Task<T> PassUntilAsync<T>(Func<Task<T>> found)
    {
        var finding = found();
        while (!finding.IsCompleted)
            await PassAsync(1);
        return await finding;
    }

    /// <summary>How many messages came, once no more come.</summary>
    private async Task<int> StandstillAsync()
    {
        for (var before = -1; before != _store.All.Count; )
        {
            before = _store.All.Count;
            await Task.Delay(200);
        }

        return _store.All.Count;
    }
}
