using System.Buffers;
using IoTCentral.Hub.Mqtt;
using IoTCentral.Hub.Telemetry;
using IoTCentral.Hub.Twins;

namespace IoTCentral.Hub.Tests.Mqtt;

/// <summary>Whatever anybody sends: no crash, no hang, nobody else disturbed.</summary>
public sealed class FuzzTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public void Readers_take_any_bytes_without_an_exception()
    {
        var random = new Random(20261123);
        var seeds = Seeds("pump");
        for (var i = 0; i < 200_000; i++)
        {
            var bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            var buffer = new ReadOnlySequence<byte>(bytes);
            while (Frame.TryRead(ref buffer, 300_000, out var frame) == FrameStatus.Complete)
                ReadAll(frame.Flags, frame.Body.ToArray());
            ReadAll(random.Next(16), bytes);
        }
    }

    [Fact]
    public Task Three_hundred_malformed_packets_harm_nobody() => AttackAsync(300, connections: 8);

    [Fact]
    [Trait("Category", "Long")]
    public Task A_hundred_thousand_malformed_packets_harm_nobody() => AttackAsync(100_000, connections: 16);

    private async Task AttackAsync(int packets, int connections)
    {
        await using var bystander = await _hub.ConnectAsync("bystander");
        var left = packets;
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async n =>
                {
                    var random = new Random(n);
                    while (Interlocked.Decrement(ref left) >= 0)
                        await AttackOnceAsync($"attacker-{n}", random, () => Interlocked.Decrement(ref left) >= 0);
                })
        );

        await bystander.PublishAsync("devices/bystander/messages/events/", "{}", packetId: 1);
        Assert.Equal(1, (await bystander.ReadAsync(MqttClient.PubAck)).Id);
        await using var newcomer = await _hub.ConnectAsync("newcomer");
        await newcomer.PingAsync();
        await newcomer.ReadAsync(MqttClient.PingResp);
        // What is kept besides: sessions, subscriptions and log lines of a handful of devices.
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, memory + 50_000_000);
    }

    /// <summary>One connection: signed in or not, sends broken packets until it is thrown out.</summary>
    private async Task AttackOnceAsync(string id, Random random, Func<bool> more)
    {
        await using var attacker = random.Next(3) > 0 ? await _hub.ConnectAsync(id) : await _hub.OpenAsync();
        var seeds = Seeds(id);
        try
        {
            do await attacker.SendAsync(Mutate(seeds[random.Next(seeds.Length)], random));
            while (more() && random.Next(50) > 0);
        }
        catch (IOException)
        {
            // thrown out, as it should be
        }
    }

    private static byte[][] Seeds(string id) =>
        [
            MqttClient.ConnectPacket(
                new(id, $"hub.example.com/{id}/?api-version=2021-04-12", "SharedAccessSignature sr=a&sig=b&se=1"),
                will: ("devices/x/messages/events/", "gone")
            ),
            MqttClient.PublishPacket($"devices/{id}/messages/events/%24.mid=a&k=v%20w&n", "{\"t\":1}"u8.ToArray(), 7),
            MqttClient.PublishPacket($"devices/{id}/messages/events/", new byte[300], 0),
            MqttClient.PublishPacket(
                "$iothub/twin/PATCH/properties/reported/?$rid=1&$version=2",
                "{\"a\":{}}"u8.ToArray()
            ),
            MqttClient.PublishPacket("$iothub/twin/GET/?$rid=77", " "u8.ToArray(), 3),
            MqttClient.SubscribePacket(9, ("$iothub/twin/res/#", 1), ("#", 0)),
            [0xC0, 0],
            [0x40, 2, 0, 1],
        ];

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var n = random.Next(4); n >= 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(6))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 2:
                    bytes.RemoveRange(at, random.Next(bytes.Count - at));
                    break;
                case 3:
                    bytes.InsertRange(at, Enumerable.Range(0, random.Next(20)).Select(_ => (byte)random.Next(256)));
                    break;
                case 4:
                    bytes[Math.Min(1, bytes.Count - 1)] = (byte)random.Next(256); // the length
                    break;
                default:
                    bytes[at] = new byte[] { 0, 0x7F, 0x80, 0xFF }[random.Next(4)];
                    break;
            }
        }

        return [.. bytes];
    }

    private static void ReadAll(int flags, byte[] body)
    {
        ConnectPacket.Read(body);
        SubscribePacket.Read(flags, body, withQos: true);
        SubscribePacket.Read(flags, body, withQos: false);
        if (PublishPacket.TryRead(flags, body, out var publish))
        {
            PropertyBag.Read(publish.Topic);
            TopicQuery.TryRead(publish.Topic, out _);
        }

        UserName.Read(System.Text.Encoding.UTF8.GetString(body));
        PropertyBag.Read(body);
    }
}
