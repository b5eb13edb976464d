using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;

namespace IoTCentral.Hub.Amqp.Wire;

internal enum InputStatus
{
    Complete,

    /// <summary>Nothing more comes, or nobody wants it any more.</summary>
    Ended,
    Malformed,
    TooLarge,
}

/// <summary>Cuts what a client sends into headers and frames, judged by their announced size before they are buffered.</summary>
internal sealed class FrameInput(PipeReader pipe)
{
    /// <summary>Before sign-in anybody may talk to us.</summary>
    public int MostBytes { get; set; } = 8 * 1024;

    /// <summary>Whether it sent anything at all.</summary>
    public bool HasAny { get; private set; }

    /// <summary>The eight bytes with which each layer begins (AMQP 1.0 §2.2).</summary>
    public async ValueTask<(InputStatus Status, ulong Header)> ReadHeaderAsync()
    {
        while (true)
        {
            var result = await pipe.ReadAsync();
            var buffer = result.Buffer;
            HasAny |= !buffer.IsEmpty;
            // Also when a header lies there: whoever cancels does so once.
            if (result.IsCanceled)
            {
                pipe.AdvanceTo(buffer.Start);
                return (InputStatus.Ended, 0);
            }

            if (buffer.Length < sizeof(ulong))
            {
                pipe.AdvanceTo(buffer.Start, buffer.End);
                if (result.IsCompleted)
                    return (InputStatus.Ended, 0);
                continue;
            }

            var header = BinaryPrimitives.ReadUInt64BigEndian(buffer.Slice(0, sizeof(ulong)).ToArray());
            pipe.AdvanceTo(buffer.GetPosition(sizeof(ulong)));
            return (InputStatus.Complete, header);
        }
    }

    public async ValueTask<(InputStatus Status, AmqpFrame Frame)> ReadAsync()
    {
        while (true)
        {
            var result = await pipe.ReadAsync();
            var buffer = result.Buffer;
            if (result.IsCanceled)
            {
                pipe.AdvanceTo(buffer.Start);
                return (InputStatus.Ended, default);
            }

            var (status, frame, end) = TryTake(buffer);
            if (status is not InputStatus.Ended)
            {
                pipe.AdvanceTo(end);
                return (status, frame);
            }

            pipe.AdvanceTo(buffer.Start, buffer.End);
            if (result.IsCompleted)
                return (InputStatus.Ended, default);
        }
    }

    public void Cancel() => pipe.CancelPendingRead();

    private (InputStatus Status, AmqpFrame Frame, SequencePosition End) TryTake(in ReadOnlySequence<byte> buffer)
    {
        if (buffer.Length < sizeof(int))
            return (InputStatus.Ended, default, buffer.Start);
        Span<byte> head = stackalloc byte[sizeof(int)];
        buffer.Slice(0, sizeof(int)).CopyTo(head);
        var size = BinaryPrimitives.ReadUInt32BigEndian(head);
        if (size < AmqpFrame.HeaderLength)
            return (InputStatus.Malformed, default, buffer.End);
        if (size > MostBytes)
            return (InputStatus.TooLarge, default, buffer.End);
        if (buffer.Length < size)
            return (InputStatus.Ended, default, buffer.Start);
        var bytes = buffer.Slice(0, size).ToArray();
        return AmqpFrame.TryRead(bytes, out var frame)
            ? (InputStatus.Complete, frame, buffer.GetPosition(size))
            : (InputStatus.Malformed, default, buffer.End);
    }
}
