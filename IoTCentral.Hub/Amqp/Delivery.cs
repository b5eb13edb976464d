using Amqp.Framing;
using IoTCentral.Hub.Amqp.Wire;

namespace IoTCentral.Hub.Amqp;

/// <summary>A message that a client sent: it waits for its outcome, and holds one credit of its link until then.</summary>
internal sealed class Delivery(ReceivingLink link, uint id, bool isSettled)
{
    /// <summary>What a message costs besides its bytes.</summary>
    public const int Overhead = 200;

    private ReadOnlyMemory<byte> _bytes;

    public ReceivingLink Link => link;
    public uint Id => id;

    /// <summary>The client has settled it already and hears nothing of it.</summary>
    public bool IsSettled => isSettled;

    /// <summary>How its bytes are to be read: 0, or several messages in one.</summary>
    public uint Format { get; init; }

    /// <summary>Empty once it has its outcome, which may wait for a client that does not read.</summary>
    public ReadOnlyMemory<byte> Bytes
    {
        get => _bytes;
        init => (_bytes, Size) = (value, Overhead + value.Length);
    }

    /// <summary>It was larger than its link takes; its bytes are lost.</summary>
    public bool IsTooLarge { get; init; }
    public long At { get; set; }

    /// <summary>What it takes of our memory until it has its outcome; 0: its bytes are lost.</summary>
    public int Size { get; private init; }

    /// <summary>Null while it waits.</summary>
    public Outcome? Outcome { get; private set; }

    public void Accept()
    {
        AcceptLater();
        link.Channel.Connection.Output.Signal();
    }

    /// <summary>The same, for one of many at a time: whoever calls this signals the connection's writer once.</summary>
    public void AcceptLater() => End(new Accepted());

    /// <summary>Nothing came of it: whoever sent it has lost its link, and sends it again.</summary>
    public void Release()
    {
        End(new Released());
        link.Channel.Connection.Output.Signal();
    }

    public void Reject(string condition, string description) =>
        Reject(AmqpErrors.Of(condition, description, link.Channel.Connection.Time.GetUtcNow()));

    public void Reject(Error error)
    {
        End(new Rejected { Error = error });
        link.Channel.Connection.Output.Signal();
    }

    private void End(Outcome outcome)
    {
        if (Outcome is not null)
            return;
        Outcome = outcome;
        _bytes = default;
        link.Channel.Connection.Deliveries.Done(this);
    }
}

/// <summary>What takes the messages of a link.</summary>
internal interface IDeliverySink
{
    /// <summary>Called by the connection's reader, one at a time; never blocks.</summary>
    void Take(Delivery delivery);
}
