using System.Text;
using System.Text.Json.Nodes;
using Amqp;
using Amqp.Framing;
using Amqp.Types;
using IoTCentral.Core.Devices;
using IoTCentral.Testing;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>Telemetry over AMQP: accepted means stored, and properties are what MQTT's are.</summary>
public sealed class AmqpTelemetryTests(TestDatabase database) : IClassFixture<TestDatabase>, IAsyncLifetime
{
    private const string Address = "/devices/pump/messages/events";

    private readonly HeldIngest _store = new();
    private TestHub _hub = null!;
    private AmqpClient _pump = null!;
    private SenderLink _events = null!;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _hub = await TestHub.StartAsync(database, ingest: _store, limits: new() { DeviceMessagesPerSecond = 0 });
        _pump = await AmqpClient.ConnectAsync(_hub, "pump");
        _events = await _pump.SenderAsync(Address);
    }

    public async ValueTask DisposeAsync()
    {
        _store.IsOpen = true;
        _store.Commit();
        await _pump.DisposeAsync();
        await _hub.DisposeAsync();
    }

    [Fact]
    public async Task A_message_is_accepted_when_it_is_stored_and_not_before()
    {
        var sending = AmqpClient.SendAsync(_events, "{}");
        await _store.HasAsync(1);
        await Task.Delay(200);
        Assert.False(sending.IsCompleted);

        _store.Commit();

        await sending;
    }

    [Fact]
    public async Task Outcomes_come_in_the_order_of_the_commits()
    {
        var first = AmqpClient.SendAsync(_events, "1");
        var second = AmqpClient.SendAsync(_events, "2");
        var messages = await _store.HasAsync(2);

        HeldIngest.Commit(messages[1]);
        await second;
        Assert.False(first.IsCompleted);
        HeldIngest.Commit(messages[0]);

        await first;
    }

    [Fact]
    public async Task What_waits_for_storage_takes_the_links_credit()
    {
        for (var i = 0; i < 300; i++)
            _events.Send(new Message("x") { BodySection = Bytes($"{i}") }, null, null);
        await _store.HasAsync(256);
        await Task.Delay(300);
        Assert.Equal(256, _store.All.Count);

        _store.Commit();

        await _store.HasAsync(300);
        Assert.Equal(
            Enumerable.Range(0, 300).Select(i => $"{i}"),
            _store.All.Select(m => Encoding.UTF8.GetString(m.Body.Span))
        );
    }

    [Fact]
    public async Task More_than_the_credit_detaches_the_link()
    {
        await using var rude = await RawAmqp.SignedInAsync(_hub, "rude");
        await rude.SendAsync(RawAmqp.Beginning());
        await rude.SendAsync(RawAmqp.Attach("/devices/rude/messages/events", 3, isReceiver: false));
        for (uint id = 0; id < 257; id++)
            await rude.SendAsync(
                new Transfer
                {
                    Handle = 3,
                    DeliveryId = id,
                    DeliveryTag = [1],
                },
                [0, 0x53, 0x75, 0xA0, 0]
            );

        var detach = await rude.ReadAsync<Detach>();

        Assert.Equal("amqp:link:transfer-limit-exceeded", detach.Error.Condition.ToString());
        Assert.Equal(256, _store.All.Count(m => m.DeviceId == "rude"));
    }

    [Fact]
    public async Task Properties_and_annotations_are_kept_as_those_of_a_topic()
    {
        _store.IsOpen = true;
        await AmqpClient.SendAsync(
            _events,
            "{}",
            m =>
            {
                m.Properties = new Properties
                {
                    MessageId = "m-1",
                    UserId = Encoding.UTF8.GetBytes("anna"),
                    To = "/devices/pump/messages/events",
                    ContentType = "application/json",
                    ContentEncoding = "utf-8",
                    AbsoluteExpiryTime = new DateTime(2026, 11, 23, 5, 0, 0, DateTimeKind.Utc),
                };
                m.Properties.SetCorrelationId(new Guid("00000000-0000-0000-0000-000000000007"));
                m.MessageAnnotations = new MessageAnnotations
                {
                    [new Symbol("dt-subject")] = "thermostat1",
                    [new Symbol("iothub-interface-id")] = "urn:x",
                };
                m.ApplicationProperties = new ApplicationProperties
                {
                    ["iothub-creation-time-utc"] = "2026-11-23T04:00:00.5Z",
                    ["iothub-message-schema"] = "s",
                    ["odd key/ä"] = "a b",
                    ["count"] = 5,
                    ["yes"] = true,
                };
            }
        );

        var message = (await _store.HasAsync(1))[0];
        Assert.Equal("thermostat1", message.Component);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 4, 0, 0, 500, TimeSpan.Zero), message.MessageTime);
        var expected = JsonNode.Parse(
            """
            {
              "system": {
                "message-id": "m-1", "correlation-id": "00000000-0000-0000-0000-000000000007", "user-id": "anna",
                "to": "/devices/pump/messages/events", "content-type": "application/json", "content-encoding": "utf-8",
                "absolute-expiry-time": "2026-11-23T05:00:00.0000000Z", "dt-subject": "thermostat1",
                "iothub-interface-id": "urn:x", "iothub-message-schema": "s"
              },
              "application": {
                "iothub-creation-time-utc": "2026-11-23T04:00:00.5Z", "odd key/ä": "a b", "count": "5", "yes": "true"
              }
            }
            """
        );
        var properties = JsonNode.Parse(message.Properties.Span);
        Assert.True(JsonNode.DeepEquals(expected, properties), properties!.ToJsonString());
    }

    [Fact]
    public async Task A_batch_is_its_messages_and_is_accepted_when_all_of_them_are_stored()
    {
        var all = new DataList();
        all.Add(Inner("1", "a"));
        all.Add(Inner("2", "b"));
        var batch = new Message { Format = 0x80013700, BodySection = all };
        var sending = _events.SendAsync(batch, TimeSpan.FromSeconds(20));
        var messages = await _store.HasAsync(2);

        HeldIngest.Commit(messages[0]);
        await Task.Delay(200);
        Assert.False(sending.IsCompleted);
        HeldIngest.Commit(messages[1]);

        await sending;
        Assert.Equal(["1", "2"], messages.Select(m => Encoding.UTF8.GetString(m.Body.Span)));
        Assert.Equal(
            ["""{"application":{"k":"a"}}""", """{"application":{"k":"b"}}"""],
            messages.Select(m => Encoding.UTF8.GetString(m.Properties.Span))
        );
    }

    [Theory]
    [InlineData(255 * 1024, null)]
    [InlineData(257 * 1024, "amqp:link:message-size-exceeded")]
    [InlineData(1024 * 1024, "amqp:link:message-size-exceeded")]
    public async Task A_message_has_256_KB_and_a_larger_one_is_refused_and_the_link_lives(int bytes, string? condition)
    {
        _store.IsOpen = true;

        var sending = AmqpClient.SendAsync(_events, new string('x', bytes));

        if (condition is null)
            await sending;
        else
            Assert.Equal(
                condition,
                (await Assert.ThrowsAsync<AmqpException>(() => sending)).Error.Condition.ToString()
            );
        await AmqpClient.SendAsync(_events, "{}");
        Assert.Equal(condition is null ? 2 : 1, _store.All.Count);
        if (condition is not null)
            await _hub.LineAsync("pump", ConnectionCode.TooLarge);
    }

    [Fact]
    public async Task What_is_no_data_is_refused()
    {
        var map = new Message { BodySection = new AmqpValue { Value = new Map { ["t"] = 1 } } };

        var refused = await Assert.ThrowsAsync<AmqpException>(() => _events.SendAsync(map, TimeSpan.FromSeconds(20)));

        Assert.Equal("amqp:decode-error", refused.Error.Condition.ToString());
    }

    [Fact]
    public async Task A_text_is_data_as_well()
    {
        _store.IsOpen = true;

        await _events.SendAsync(
            new Message { BodySection = new AmqpValue { Value = """{"t":1}""" } },
            TimeSpan.FromSeconds(20)
        );

        Assert.Equal("""{"t":1}""", Encoding.UTF8.GetString((await _store.HasAsync(1))[0].Body.Span));
    }

    [Fact]
    public async Task What_a_device_sent_after_it_lost_its_link_holds_up_nobody_on_its_connection()
    {
        await using var rude = await RawAmqp.SignedInAsync(_hub, "rude-too");
        await rude.SendAsync(RawAmqp.Beginning());
        await rude.SendAsync(RawAmqp.Attach("/devices/rude-too/messages/events", 3, isReceiver: false));
        await rude.ReadAsync<Flow>();
        await _hub.Devices.BlockAsync(_hub.Caller, "rude-too", Ct);
        await rude.ReadAsync<Detach>();

        for (uint id = 0; id < 40; id++)
            await rude.SendAsync(
                new Transfer
                {
                    Handle = 3,
                    DeliveryId = id,
                    DeliveryTag = [1],
                },
                new byte[60_000]
            );
        await rude.SendAsync(RawAmqp.Attach("/devices/rude-too/twin", 4, isReceiver: false));

        Assert.Null((await rude.ReadAsync<Attach>()).Target);
        Assert.DoesNotContain(_store.All, m => m.DeviceId == "rude-too");
    }

    [Fact]
    public async Task What_one_device_has_waiting_leaves_room_for_those_that_share_its_connection()
    {
        await using var device = await RawAmqp.SignedInAsync(_hub, "heavy");
        await device.SendAsync(RawAmqp.Beginning());
        await device.SendAsync(RawAmqp.Attach("/devices/heavy/messages/events", 0, isReceiver: false));
        var credit = (await device.ReadAsync<Flow>()).LinkCredit;
        var event4K = new Message { BodySection = Bytes(new string('x', 4096)) }.Encode();

        for (uint id = 0; id < credit; id++)
            await device.SendAsync(
                new Transfer
                {
                    Handle = 0,
                    DeliveryId = id,
                    DeliveryTag = [1],
                },
                event4K.Buffer.AsSpan(event4K.Offset, event4K.Length).ToArray()
            );
        await _store.HasAsync((int)credit);
        await device.SendAsync(RawAmqp.Attach("/devices/heavy/twin", 1, isReceiver: false));

        Assert.InRange(credit, 32u, 64u);
        Assert.NotNull((await device.ReadAsync<Attach>()).Target);
        _store.Commit((int)credit / 2);
        Assert.InRange((await GrantAsync(device)).LinkCredit, 1u, credit / 2);
    }

    [Fact]
    public async Task Small_messages_have_the_whole_credit_of_a_link()
    {
        _store.IsOpen = true;
        await using var device = await RawAmqp.SignedInAsync(_hub, "light");
        await device.SendAsync(RawAmqp.Beginning());
        await device.SendAsync(RawAmqp.Attach("/devices/light/messages/events", 0, isReceiver: false));
        var credit = (await device.ReadAsync<Flow>()).LinkCredit;
        var small = new Message { BodySection = Bytes("{}") }.Encode();

        var most = 0u;

        for (uint id = 0; most < 200; )
        {
            for (; credit > 0; credit--, id++)
                await device.SendAsync(
                    new Transfer
                    {
                        Handle = 0,
                        DeliveryId = id,
                        DeliveryTag = [1],
                    },
                    small.Buffer.AsSpan(small.Offset, small.Length).ToArray()
                );
            var flow = await GrantAsync(device);
            most = Math.Max(most, flow.LinkCredit);
            credit = flow.DeliveryCount + flow.LinkCredit - id;
        }

        Assert.InRange(most, 200u, 256u);
    }

    /// <summary>The next word about the first link's credit.</summary>
    private static async Task<Flow> GrantAsync(RawAmqp device)
    {
        while (true)
        {
            if (await device.ReadAsync<Flow>() is { HasHandle: true, Handle: 0 } flow)
                return flow;
        }
    }

    [Fact]
    public async Task A_blocked_device_stores_nothing_more()
    {
        await _hub.Devices.BlockAsync(_hub.Caller, "pump", Ct);

        await Assert.ThrowsAnyAsync<AmqpException>(() => AmqpClient.SendAsync(_events, "{}"));

        Assert.Empty(_store.All);
    }

    private static global::Amqp.Framing.Data Bytes(string text) => new() { Binary = Encoding.UTF8.GetBytes(text) };

    private static global::Amqp.Framing.Data Inner(string body, string value)
    {
        var message = new Message
        {
            BodySection = Bytes(body),
            ApplicationProperties = new ApplicationProperties { ["k"] = value },
        };
        var encoded = message.Encode();
        return new() { Binary = encoded.Buffer.AsSpan(encoded.Offset, encoded.Length).ToArray() };
    }
}
