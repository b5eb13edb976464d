using System.Buffers;
using System.Net;
using IoTCentral.Hub.Mqtt;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>An MQTT connection without a network, packet by packet.</summary>
internal sealed class Link(MqttHandler handler, Speaker who, IPAddress address)
    : MemoryConnection(handler, who, address)
{
    public List<WirePacket> Heard { get; } = [];

    public void Send(Draft packet) => Send(packet.ToBytes());

    public override void Forget()
    {
        base.Forget();
        Heard.Clear();
    }

    /// <summary>The next packet; null: the connection is over.</summary>
    /// <exception cref="FuzzFailure">Neither comes.</exception>
    public async Task<WirePacket?> NextAsync()
    {
        while (true)
        {
            var result = await WaitAsync(Output.ReadAsync().AsTask(), "neither answers nor ends");
            var (packets, tail) = Wire.Read(
                result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : result.Buffer.ToArray()
            );
            if (packets is [var packet, ..])
            {
                var length = new Draft(packet.Header, [new Field(FieldKind.Json, packet.Body)]).ToBytes().Length;
                Output.AdvanceTo(result.Buffer.GetPosition(length));
                Heard.Add(packet);
                return packet;
            }

            Output.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (!result.IsCompleted)
                continue;
            return tail is null ? null : throw new FuzzFailure($"The hub sent what is no packet ({tail}).");
        }
    }

    /// <summary>Reads until this comes.</summary>
    public async Task<WirePacket> NextAsync(int type)
    {
        while (await NextAsync() is { } packet)
        {
            if (packet.Type == type)
                return packet;
        }

        throw new FuzzFailure($"The hub ended the connection of {Who.Id} where a packet of type {type} was due.");
    }

    protected override async Task ReadOutAsync()
    {
        while (await NextAsync() is not null) { }
    }
}
