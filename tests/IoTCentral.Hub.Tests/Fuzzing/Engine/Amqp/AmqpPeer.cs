using System.Buffers;
using System.Net;
using Amqp.Types;
using IoTCentral.Hub.Amqp;

namespace IoTCentral.Hub.Tests.Fuzzing;

/// <summary>An AMQP connection without a network, frame by frame.</summary>
internal sealed class AmqpPeer(AmqpHandler handler, Speaker who, IPAddress address)
    : MemoryConnection(handler, who, address)
{
    public List<AmqpBit> Heard { get; } = [];

    public void Send(AmqpDraft frame) => Send(frame.ToBytes());

    public override void Forget()
    {
        base.Forget();
        Heard.Clear();
    }

    /// <summary>The next header or frame; null: the connection is over.</summary>
    /// <exception cref="FuzzFailure">Neither comes.</exception>
    public async Task<AmqpBit?> NextAsync()
    {
        while (true)
        {
            var result = await WaitAsync(Output.ReadAsync().AsTask(), "neither answers nor ends");
            var (bits, tail) = AmqpWire.Read(
                result.Buffer.IsSingleSegment ? result.Buffer.FirstSpan : result.Buffer.ToArray()
            );
            if (bits is [var bit, ..])
            {
                Output.AdvanceTo(result.Buffer.GetPosition(bit.Length));
                Heard.Add(bit);
                return bit;
            }

            Output.AdvanceTo(result.Buffer.Start, result.Buffer.End);
            if (!result.IsCompleted)
                continue;
            return tail is null ? null : throw new FuzzFailure($"The hub sent what is no frame ({tail}).");
        }
    }

    /// <summary>Reads until this comes.</summary>
    public async Task<T> NextAsync<T>(Func<T, bool>? wanted = null)
        where T : DescribedList
    {
        while (await NextAsync() is { } bit)
        {
            if (bit.Body is T body && wanted?.Invoke(body) != false)
                return body;
        }

        throw new FuzzFailure($"The hub ended the connection of {Who.Id} where a {typeof(T).Name} was due.");
    }

    protected override async Task ReadOutAsync()
    {
        while (await NextAsync() is not null) { }
    }
}
