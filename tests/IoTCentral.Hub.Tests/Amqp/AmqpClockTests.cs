using Amqp;
using Amqp.Framing;
using IoTCentral.Core.Devices;
using IoTCentral.Testing;
using Microsoft.Extensions.Time.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>What happens on AMQP connections as time goes by; the clock is the test's.</summary>
public sealed class AmqpClockTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private readonly FakeTimeProvider _clock = new(TimeProvider.System.GetUtcNow());
    private readonly HeldIngest _store = new();
    private TestHub _hub = null!;

    public async ValueTask InitializeAsync() =>
        _hub = await TestHub.StartAsync(database, new() { DeviceMessagesPerSecond = 50 }, _clock, _store);

    public async ValueTask DisposeAsync()
    {
        _store.IsOpen = true;
        _store.Commit();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task Who_does_not_sign_in_is_closed_after_30_seconds()
    {
        await using var silent = await RawAmqp.OpenAsync(_hub);
        await using var half = await RawAmqp.BeginAsync(_hub);

        await PassAsync(31);

        await silent.ClosedAsync();
        Assert.Equal("amqp:unauthorized-access", (await half.ReadAsync<Close>()).Error.Condition.ToString());
        await PassUntilAsync(() => _hub.AttemptAsync(ConnectionCode.NoConnect));
    }

    [Fact]
    public async Task A_devices_links_end_with_its_token_and_its_neighbours_go_on()
    {
        await using var gateway = await ConnectAsync("short", TimeSpan.FromMinutes(5));
        await PutAsync(gateway, "long", TimeSpan.FromHours(10));
        var ends = await gateway.SenderAsync("/devices/short/messages/events");
        var stays = await gateway.SenderAsync("/devices/long/messages/events");

        await PassAsync(301);

        await Eventually.TrueAsync(() => ends.IsClosed);
        Assert.Equal("amqp:unauthorized-access", ends.Error.Condition.ToString());
        await PassUntilAsync(() => _hub.LineAsync("short", ConnectionCode.TokenEnded));
        _store.IsOpen = true;
        await AmqpClient.SendAsync(stays, "{}");
        await Assert.ThrowsAsync<AmqpException>(() => gateway.SenderAsync("/devices/short/messages/events"));
    }

    [Fact]
    public async Task A_token_that_was_renewed_in_place_goes_on()
    {
        await using var device = await ConnectAsync("renewed", TimeSpan.FromMinutes(5));
        var events = await device.SenderAsync("/devices/renewed/messages/events");

        await PassAsync(200);
        await PutAsync(device, "renewed", TimeSpan.FromMinutes(5));
        await PassAsync(200);

        _store.IsOpen = true;
        await AmqpClient.SendAsync(events, "{}");
        Assert.False(events.IsClosed);
    }

    [Fact]
    public async Task A_wrong_token_in_place_of_a_good_one_changes_nothing_until_that_ends()
    {
        await using var device = await ConnectAsync("kept", TimeSpan.FromMinutes(5));
        var events = await device.SenderAsync("/devices/kept/messages/events");
        var wrong = Sign.Token("hub.example.com/devices/kept", Convert.ToBase64String(new byte[32]));

        Assert.Equal(401, await device.PutTokenAsync(wrong, "kept"));
        _store.IsOpen = true;
        await AmqpClient.SendAsync(events, "{}");
        await PassAsync(301);

        await Eventually.TrueAsync(() => events.IsClosed);
    }

    [Fact]
    public async Task Silence_of_six_minutes_ends_the_connection()
    {
        await using var client = await RawAmqp.BeginAsync(_hub);
        var login = Sign.Hub(await _hub.DeviceAsync("silent"), until: _clock.GetUtcNow().AddHours(9));
        await using var device = await AmqpClient.OpenAsync(_hub, "silent@sas.hub", login.Password);

        await PassAsync(365);

        await PassUntilAsync(() => _hub.LineAsync("silent", ConnectionCode.KeepAlive));
        await Eventually.TrueAsync(() => device.IsClosed);
    }

    [Fact]
    public async Task While_nothing_can_be_stored_a_device_without_credit_is_told_to_come_back()
    {
        await using var device = await ConnectAsync("waiting", TimeSpan.FromHours(2));
        var events = await device.SenderAsync("/devices/waiting/messages/events");
        for (var i = 0; i < 256; i++)
            events.Send(new Message("x"), null, null);
        await PassUntilAsync(() => _store.HasAsync(256));

        await PassAsync(65);

        await PassUntilAsync(() => _hub.LineAsync("waiting", ConnectionCode.StorageAway));
        await Eventually.TrueAsync(() => device.IsClosed);
    }

    [Fact]
    public async Task A_device_over_its_rate_waits_and_its_neighbour_on_the_connection_does_not()
    {
        _store.IsOpen = true;
        await using var gateway = await ConnectAsync("fast", TimeSpan.FromHours(2));
        await PutAsync(gateway, "slow", TimeSpan.FromHours(2));
        var fast = await gateway.SenderAsync("/devices/fast/messages/events");
        var slow = await gateway.SenderAsync("/devices/slow/messages/events");

        for (var i = 0; i < 150; i++)
            fast.Send(new Message("x"), null, null);
        await Eventually.TrueAsync(() => _store.All.Count >= 50);
        await AmqpClient.SendAsync(slow, "{}");
        Assert.InRange(_store.All.Count, 51, 60);

        await PassUntilAsync(() => _hub.LineAsync("fast", ConnectionCode.Slowed));
        await PassUntilAsync(() => _store.HasAsync(151));
    }

    [Fact]
    public async Task A_device_whose_links_are_gone_is_gone_though_its_connection_stays()
    {
        await using var gateway = await ConnectAsync("leaves", TimeSpan.FromHours(2));
        var events = await gateway.SenderAsync("/devices/leaves/messages/events");

        await events.CloseAsync();
        await PassUntilAsync(() => _hub.LineAsync("leaves", ConnectionCode.Disconnected));

        _store.IsOpen = true;
        await AmqpClient.SendAsync(await gateway.SenderAsync("/devices/leaves/messages/events"), "{}");
    }

    private async Task<AmqpClient> ConnectAsync(string id, TimeSpan until)
    {
        var client = await AmqpClient.OpenAsync(_hub);
        await PutAsync(client, id, until);
        return client;
    }

    private async Task PutAsync(AmqpClient client, string id, TimeSpan until)
    {
        var token = Sign.Hub(await _hub.DeviceAsync(id), until: _clock.GetUtcNow() + until).Password;
        Assert.Equal(200, await client.PutTokenAsync(token, id));
    }

    private async Task PassAsync(int seconds)
    {
        for (var i = 0; i < Math.Min(seconds, 100); i++)
        {
            _clock.Advance(TimeSpan.FromSeconds(Math.Max(1, seconds / 100.0)));
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
}
