using System.Text;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Mqtt;

/// <summary>Acknowledged means stored, in the order of the publishes, answers behind their acknowledgements.</summary>
public sealed class AcknowledgementTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Topic = "devices/pump/messages/events/";

    private readonly HeldIngest _store = new();
    private TestHub _hub = null!;
    private MqttClient _pump = null!;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync(database, ingest: _store, limits: new() { DeviceMessagesPerSecond = 0 });
        _pump = await _hub.ConnectAsync("pump");
    }

    public async ValueTask DisposeAsync()
    {
        await _pump.DisposeAsync();
        _store.IsOpen = true;
        _store.Commit();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task There_is_no_acknowledgement_before_the_commit()
    {
        await _pump.PublishAsync(Topic, "{}", packetId: 1);
        await _store.HasAsync(1);
        Assert.True(await _pump.IsSilentAsync());
    }

    [Fact]
    public async Task The_commit_lets_it_go()
    {
        await _pump.PublishAsync(Topic, "{}", packetId: 1);
        await _store.HasAsync(1);

        _store.Commit();

        Assert.Equal(1, (await _pump.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task Acknowledgements_leave_in_the_order_of_the_publishes_whatever_is_stored_first()
    {
        foreach (var id in new[] { 40, 7, 300, 2 })
            await _pump.PublishAsync(Topic, $"{id}", packetId: id);
        var messages = await _store.HasAsync(4);

        foreach (var last in messages.Reverse().Take(3))
            HeldIngest.Commit(last);
        Assert.True(messages.Count == 4);
        HeldIngest.Commit(messages[0]);

        foreach (var id in new[] { 40, 7, 300, 2 })
            Assert.Equal(id, (await _pump.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task An_answer_waits_for_the_acknowledgements_before_it()
    {
        await _pump.SubscribeAsync(1, ("$iothub/twin/res/#", 1));

        await _pump.PublishAsync(Topic, "{}", packetId: 1);
        await _pump.PublishAsync("$iothub/twin/PATCH/properties/reported/?$rid=x", """{"a":1}""", packetId: 2);
        await _pump.PublishAsync("$iothub/twin/GET/?$rid=y", "", packetId: 3);
        await _store.HasAsync(1);
        await Task.Delay(200);
        _store.Commit();

        var packets = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            var packet = await _pump.ReadAsync();
            packets.Add(packet.Type == MqttClient.PubAck ? $"ack {packet.Id}" : packet.Topic);
        }

        Assert.Equal(
            ["ack 1", "ack 2", "$iothub/twin/res/204/?$rid=x&$version=2", "ack 3", "$iothub/twin/res/200/?$rid=y"],
            packets
        );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_packet_id_that_is_still_unacknowledged_is_a_resend_dup_or_not(bool dup)
    {
        await _pump.PublishAsync(Topic, "first", packetId: 9);
        await _pump.PublishAsync(Topic, "first", packetId: 9, dup: dup);
        await _pump.PublishAsync(Topic, "second", packetId: 10);
        var messages = await _store.HasAsync(2);
        _store.Commit();

        Assert.Equal(9, (await _pump.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(10, (await _pump.ReadAsync(MqttClient.PubAck)).Id);
        Assert.Equal(["first", "second"], messages.Select(m => Encoding.UTF8.GetString(m.Body.Span)));
    }

    [Fact]
    public async Task An_acknowledged_packet_id_may_be_used_again()
    {
        _store.IsOpen = true;

        for (var i = 1; i <= 3; i++)
        {
            await _pump.PublishAsync(Topic, "{}", packetId: 5);
            await _pump.ReadAsync(MqttClient.PubAck);
        }

        Assert.Equal(3, _store.All.Count);
    }

    [Fact]
    public async Task At_256_unacknowledged_it_reads_no_more_and_goes_on_when_there_is_room()
    {
        var packets = Enumerable.Range(1, 400).SelectMany(i => MqttClient.PublishPacket(Topic, "{}"u8.ToArray(), i));
        await _pump.SendAsync([.. packets]);
        await _store.HasAsync(256);
        await Task.Delay(200);
        Assert.Equal(256, _store.All.Count);

        _store.IsOpen = true;
        _store.Commit();

        for (var i = 1; i <= 400; i++)
            Assert.Equal(i, (await _pump.ReadAsync(MqttClient.PubAck)).Id);
    }

    [Fact]
    public async Task At_1_MB_unacknowledged_it_reads_no_more()
    {
        var body = new byte[100_000];
        for (var i = 1; i <= 20; i++)
            await _pump.SendAsync(MqttClient.PublishPacket(Topic, body, i));

        await _store.HasAsync(11);
        await Task.Delay(200);

        Assert.Equal(11, _store.All.Count);
    }

    [Fact]
    public async Task A_ping_is_answered_while_messages_wait_for_storage()
    {
        await _pump.PublishAsync(Topic, "{}", packetId: 1);
        await _pump.PingAsync();

        await _pump.ReadAsync(MqttClient.PingResp);
    }
}
