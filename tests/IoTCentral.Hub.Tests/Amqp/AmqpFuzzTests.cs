using Amqp.Framing;
using Amqp.Sasl;
using Amqp.Types;
using IoTCentral.Hub.Amqp;
using IoTCentral.Hub.Amqp.Wire;

namespace IoTCentral.Hub.Tests.Amqp;

/// <summary>Whatever anybody sends by AMQP: no crash, no hang, nobody else disturbed.</summary>
public sealed class AmqpFuzzTests(HubFixture fixture) : IClassFixture<HubFixture>
{
    private readonly TestHub _hub = fixture.Hub;

    [Fact]
    public void Readers_take_any_bytes_without_an_exception()
    {
        var random = new Random(20261123);
        var seeds = Seeds("pump");
        for (var i = 0; i < 100_000; i++)
        {
            var bytes = Mutate(seeds[random.Next(seeds.Length)], random);
            if (bytes.Length < AmqpFrame.HeaderLength)
                continue;
            AmqpFrame.TryRead(bytes, out var frame);
            if (IncomingMessage.TryRead(frame.Payload) is { } message)
                ReadAll(message);
        }
    }

    [Fact]
    public void An_address_is_read_whatever_it_is()
    {
        var random = new Random(1);
        var seeds = new[]
        {
            "/devices/d/modules/m/twin",
            "amqps://h/devices/d/messages/events",
            "s/registrations/r",
            "$cbs",
        };
        for (var i = 0; i < 20_000; i++)
        {
            var text = new string([
                .. Mutate(System.Text.Encoding.ASCII.GetBytes(seeds[random.Next(seeds.Length)]), random)
                    .Select(b => (char)b),
            ]);
            LinkAddress.Read(text);
            LinkAddress.ReadAudience(text);
        }
    }

    [Fact]
    public Task Five_hundred_malformed_frames_harm_nobody() => AttackAsync(500, connections: 8);

    [Fact]
    [Trait("Category", "Long")]
    public Task Fifty_thousand_malformed_frames_harm_nobody() => AttackAsync(50_000, connections: 16);

    private async Task AttackAsync(int frames, int connections)
    {
        await using var bystander = await AmqpClient.ConnectAsync(_hub, "bystander");
        var events = await bystander.SenderAsync("/devices/bystander/messages/events");
        var left = frames;
        var memory = GC.GetTotalMemory(forceFullCollection: true);

        await Task.WhenAll(
            Enumerable
                .Range(0, connections)
                .Select(async n =>
                {
                    var random = new Random(n);
                    while (Interlocked.Decrement(ref left) >= 0)
                        await AttackOnceAsync(random, () => Interlocked.Decrement(ref left) >= 0);
                })
        );

        await AmqpClient.SendAsync(events, "{}");
        await using var newcomer = await AmqpClient.ConnectAsync(_hub, "newcomer");
        await AmqpClient.SendAsync(await newcomer.SenderAsync("/devices/newcomer/messages/events"), "{}");
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, memory + 50_000_000);
    }

    private async Task AttackOnceAsync(Random random, Func<bool> more)
    {
        await using var attacker = random.Next(4) > 0 ? await RawAmqp.BeginAsync(_hub) : await RawAmqp.OpenAsync(_hub);
        var seeds = Seeds("pump");
        try
        {
            do await attacker.SendAsync(Mutate(seeds[random.Next(seeds.Length)], random));
            while (more() && random.Next(20) > 0);
        }
        catch (IOException)
        {
            // thrown out, as it should be
        }
    }

    private static void ReadAll(IncomingMessage message)
    {
        _ = (message.MessageId, message.CorrelationId, message.Body, message.HasBytes, message.Text);
        message.FindApplication("k");
        message.FindAnnotation("k");
        _ = message.Parts().Count();
        AmqpProperties.Of(message);
    }

    private static byte[][] Seeds(string id)
    {
        var message = new global::Amqp.Message
        {
            Properties = new Properties
            {
                MessageId = "m",
                To = "x",
                AbsoluteExpiryTime = DateTime.UnixEpoch,
            },
            MessageAnnotations = new MessageAnnotations { [new Symbol("dt-subject")] = "c" },
            ApplicationProperties = new ApplicationProperties { ["operation"] = "put-token", ["n"] = 5 },
            BodySection = new global::Amqp.Framing.Data { Binary = "{}"u8.ToArray() },
        }.Encode();
        var payload = message.Buffer.AsSpan(message.Offset, message.Length).ToArray();
        return
        [
            RawAmqp.Frame(
                new Open
                {
                    ContainerId = "c",
                    HostName = "h",
                    IdleTimeOut = 5,
                }
            ),
            RawAmqp.Frame(RawAmqp.Beginning()),
            RawAmqp.Frame(Attach("$cbs", 0)),
            RawAmqp.Frame(Attach($"/devices/{id}/messages/events", 1)),
            RawAmqp.Frame(
                new Flow
                {
                    NextIncomingId = 0,
                    IncomingWindow = 5,
                    Handle = 1,
                    LinkCredit = 9,
                    Drain = true,
                }
            ),
            RawAmqp.Frame(
                new Transfer
                {
                    Handle = 0,
                    DeliveryId = 0,
                    DeliveryTag = [1],
                },
                payload
            ),
            RawAmqp.Frame(
                new Transfer
                {
                    Handle = 0,
                    DeliveryId = 0,
                    DeliveryTag = [1],
                    More = true,
                },
                payload
            ),
            RawAmqp.Frame(
                new Dispose
                {
                    Role = true,
                    First = 0,
                    Last = uint.MaxValue,
                    State = new Accepted(),
                }
            ),
            RawAmqp.Frame(new Detach { Handle = 0, Closed = true }),
            RawAmqp.Frame(new End()),
            AmqpFrame.Write(
                AmqpFrame.Sasl,
                0,
                new SaslInit { Mechanism = new Symbol("PLAIN"), InitialResponse = [0, 0] }
            ),
            AmqpFrame.Write(AmqpFrame.Amqp, 0, null),
        ];
    }

    private static Attach Attach(string address, uint handle) =>
        new()
        {
            LinkName = "l",
            Handle = handle,
            Source = new Source(),
            Target = new Target { Address = address },
        };

    private static byte[] Mutate(byte[] seed, Random random)
    {
        var bytes = seed.ToList();
        for (var n = random.Next(4); n > 0 && bytes.Count > 0; n--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(5))
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
                default:
                    // what AMQP's types begin with
                    bytes[at] = new byte[] { 0, 0x40, 0x45, 0x53, 0x80, 0xA0, 0xB0, 0xC0, 0xC1, 0xD0, 0xD1, 0xF0 }[
                        random.Next(12)
                    ];
                    break;
            }
        }

        return [.. bytes];
    }
}
