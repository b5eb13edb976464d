using Amqp.Framing;
using IoTCentral.Hub.Amqp.Wire;

namespace IoTCentral.Hub.Amqp;

internal enum LinkState
{
    /// <summary>It waits for our decision.</summary>
    Opening,
    Open,

    /// <summary>We have let it go; the client may not know yet.</summary>
    Closed,
}

/// <summary>One link of a session (AMQP 1.0 §2.6). Its state changes under the connection's lock.</summary>
internal abstract class AmqpLink(AmqpChannel channel, Attach attach, LinkAddress? address)
{
    private Action? _closed;

    public AmqpChannel Channel => channel;
    public LinkAddress? Address => address;

    /// <summary>The client's handle, which is ours too: each side numbers its own.</summary>
    public uint Handle { get; } = attach.Handle;
    public LinkState State { get; private set; }

    protected Attach Attach => attach;
    protected AmqpConnection Connection => channel.Connection;

    /// <summary>Something the client says about itself when it attaches; null: nothing.</summary>
    public string? FindProperty(string name) =>
        attach.Properties?.TryGetValue(new global::Amqp.Types.Symbol(name), out var value) == true
            ? value?.ToString()
            : null;

    /// <summary>Lets the link go on; false: it is gone already.</summary>
    /// <param name="closed">Told once when it ends, whoever ends it.</param>
    public bool Open(Action? closed = null)
    {
        lock (Connection.Lock)
        {
            if (State != LinkState.Opening)
                return false;
            State = LinkState.Open;
            _closed = closed;
            Connection.Send(channel.Number, Answer(attach.Source, attach.Target));
            Opened();
        }

        return true;
    }

    /// <summary>Refuses it: an attach that leads nowhere, and a detach that says why (AMQP 1.0 §2.6.3).</summary>
    public void Refuse(string condition, string description)
    {
        lock (Connection.Lock)
        {
            if (State != LinkState.Opening)
                return;
            Connection.Send(channel.Number, Answer(null, null));
            Detach(AmqpErrors.Of(condition, description, Connection.Time.GetUtcNow()));
        }
    }

    /// <summary>Ends it and says why.</summary>
    public void Close(Error error)
    {
        Action? closed;
        lock (Connection.Lock)
        {
            if (State != LinkState.Open)
                return;
            Detach(error);
            (closed, _closed) = (_closed, null);
        }

        closed?.Invoke();
    }

    /// <summary>The device has attached another one in its place.</summary>
    public void Replaced() =>
        Close(AmqpErrors.Of(AmqpErrors.Stolen, "Another link took its place.", Connection.Time.GetUtcNow()));

    /// <summary>The client has ended it, or its session or connection is over.</summary>
    public void Gone()
    {
        Action? closed;
        lock (Connection.Lock)
        {
            State = LinkState.Closed;
            (closed, _closed) = (_closed, null);
        }

        closed?.Invoke();
        Ended();
    }

    public abstract void Flow(Flow flow);

    protected abstract Attach Answer(object? source, object? target);

    protected virtual void Opened() { }

    protected virtual void Ended() { }

    private void Detach(Error error)
    {
        State = LinkState.Closed;
        Connection.Send(
            channel.Number,
            new Detach
            {
                Handle = Handle,
                Closed = true,
                Error = error,
            }
        );
    }
}
