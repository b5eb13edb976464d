using System.Text;
using IoTCentral.Core.Live;
using IoTCentral.Testing;
using Microsoft.Extensions.DependencyInjection;

namespace IoTCentral.Hub.Tests.Telemetry;

/// <summary>Who floods us or sleeps costs himself only.</summary>
public sealed class NeighbourTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private TestHub _hub = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() =>
        _hub = await TestHub.StartAsync(
            database,
            new() { DeviceMessagesPerSecond = 0, ApplicationMessagesPerSecond = 0 }
        );

    public ValueTask DisposeAsync() => _hub.DisposeAsync();

    [Fact]
    public async Task While_one_application_floods_us_anothers_device_gets_each_acknowledgement()
    {
        var noisy = await _hub.NewApplicationAsync("Noisy");
        await using var quiet = await _hub.ConnectAsync("quiet");
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Ct);
        var floods = new List<Task<int>>();
        for (var i = 0; i < 8; i++)
        {
            var device = await _hub.DeviceAsync($"noisy-{i}", noisy);
            floods.Add(FloodAsync(await _hub.ConnectAsync(device), device.DeviceId, enough.Token));
        }

        for (var i = 1; i <= 50; i++)
        {
            await quiet.PublishAsync("devices/quiet/messages/events/", "{}", packetId: i);
            Assert.Equal(i, (await quiet.ReadAsync(MqttClient.PubAck)).Id);
        }

        Assert.All(floods, f => Assert.False(f.IsCompleted));
        await enough.CancelAsync();
        Assert.All(await Task.WhenAll(floods), sent => Assert.True(sent > 50, $"Only {sent} were sent."));
    }

    [Fact]
    public async Task Twenty_pages_that_read_nothing_hold_up_no_message_and_keep_the_newest_only()
    {
        var feed = _hub.Services.GetRequiredService<ILiveFeed>();
        await using var device = await _hub.ConnectAsync("talker");
        // of this device alone: what a test before has sent may still be on its way
        var key = (await _hub.Devices.GetAsync(_hub.Caller, "talker", TestContext.Current.CancellationToken)).Key;
        var asleep = Enumerable
            .Range(0, 20)
            .Select(_ => feed.Subscribe(_hub.Application.TenantId, new HashSet<long> { key }, capacity: 100))
            .ToList();

        for (var i = 1; i <= 500; i++)
        {
            await device.PublishAsync("devices/talker/messages/events/", $$"""{"n":{{i}}}""", packetId: i);
            Assert.Equal(i, (await device.ReadAsync(MqttClient.PubAck)).Id);
        }

        await Eventually.TrueAsync(() => asleep.TrueForAll(s => s.Dropped == 400));
        Assert.All(asleep, s => s.Dispose());
    }

    /// <summary>Sends as fast as it is let, reading acknowledgements over; how many it sent.</summary>
    private static async Task<int> FloodAsync(MqttClient client, string id, CancellationToken enough)
    {
        var body = Encoding.UTF8.GetBytes($$"""{"pad":"{{new string('x', 1_000)}}"}""");
        var sent = 0;
        await using var _ = client;
        var reading = ReadAllAsync(client);
        try
        {
            for (; !enough.IsCancellationRequested; sent++)
                await client.SendAsync(
                    MqttClient.PublishPacket($"devices/{id}/messages/events/", body, 1 + (sent % 60_000))
                );
            return sent;
        }
        finally
        {
            client.Break();
            await reading;
        }
    }

    private static async Task ReadAllAsync(MqttClient client)
    {
        try
        {
            while (true)
                await client.ReadAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // the flood is over
        }
    }
}
