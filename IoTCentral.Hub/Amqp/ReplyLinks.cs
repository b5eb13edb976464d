namespace IoTCentral.Hub.Amqp;

/// <summary>
/// The links by which one that asks is answered. A client may ask in several sessions of its connection, and attach
/// again before its earlier link is gone: each is answered where it asked.
/// </summary>
internal sealed class ReplyLinks
{
    private readonly List<SendingLink> _links = [];

    public void Open(SendingLink link)
    {
        lock (_links)
            _links.Add(link);
        if (!link.Open(() => Remove(link)))
            Remove(link); // it went while it waited to be opened
    }

    /// <summary>The newest of the same session, else the newest of all; null: there is none.</summary>
    public SendingLink? Find(AmqpChannel asked)
    {
        lock (_links)
            return _links.FindLast(l => l.Channel == asked) ?? _links.LastOrDefault();
    }

    private void Remove(SendingLink link)
    {
        lock (_links)
            _links.Remove(link);
    }
}
