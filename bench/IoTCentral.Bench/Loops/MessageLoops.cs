using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using IoTCentral.Core.Provisioning;
using IoTCentral.Core.Telemetry;
using IoTCentral.Core.Tenants;
using IoTCentral.Hub.Mqtt;
using IoTCentral.Hub.Telemetry;

namespace IoTCentral.Bench.Loops;

/// <summary>What every message passes: packet, topic with its property bag, payload.</summary>
[MemoryDiagnoser]
public class MessageLoops
{
    private const string Prefix = "devices/sensor-00001/messages/events/";

    private readonly List<Point> _points = [];
    private readonly byte[] _body = Encoding.UTF8.GetBytes(
        """{"temperature":19.99,"humidity":45.125,"pressure":913.4}"""
    );
    private readonly byte[] _bag = Encoding.UTF8.GetBytes("%24.ct=application%2Fjson&%24.ce=utf-8&shop=north");
    private ReadOnlySequence<byte> _packet;
    private TelemetryReader _reader = null!;

    [GlobalSetup]
    public void SetUp()
    {
        _packet = new(PacketWriter.Publish(Prefix + Encoding.UTF8.GetString(_bag), _body, packetId: 1));
        var device = new SignedIn
        {
            TenantId = new TenantId(1),
            DeviceKey = 1,
            DeviceId = "sensor-00001",
            TokenEnds = DateTimeOffset.MaxValue,
        };
        _reader = new(device, new Nobody(), TimeProvider.System);
    }

    /// <summary>Points of a payload.</summary>
    [Benchmark]
    public int ReadPayload()
    {
        _points.Clear();
        PayloadReader.TryRead(_body, _points, out _);
        return _points.Count;
    }

    /// <summary>A property bag no message had before.</summary>
    [Benchmark]
    public int ReadPropertyBag() => PropertyBag.Read(_bag).Size;

    /// <summary>From the bytes of the packet to the message that is queued.</summary>
    [Benchmark]
    public object? ReadPublish()
    {
        var buffer = _packet;
        Frame.TryRead(ref buffer, int.MaxValue, out var frame);
        PublishPacket.TryRead(frame.Flags, frame.Body.FirstSpan, out var packet);
        return _reader.Read(packet, packet.Topic[Prefix.Length..]);
    }

    private sealed class Nobody : IMessageOrigin
    {
        public void Stored(DeviceMessage message) { }

        public void Flush() { }
    }
}
