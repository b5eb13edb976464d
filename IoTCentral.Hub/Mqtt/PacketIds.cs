namespace IoTCentral.Hub.Mqtt;

/// <summary>
/// Packet ids of what we publish to a device. Whoever wants to know that a QoS 1 packet has arrived is told; nothing is
/// sent again on the same connection, as MQTT 3.1.1 has it.
/// </summary>
internal sealed class PacketIds
{
    private readonly Lock _lock = new();
    private Dictionary<ushort, Action>? _waiting;
    private ushort _last;

    /// <summary>0 for QoS 0. Ids that are still waited for are not given again.</summary>
    /// <param name="acknowledged">Called once, by the connection's reader; never when the connection ends before.</param>
    public ushort Next(int qos, Action? acknowledged = null)
    {
        if (qos == 0)
            return 0;
        lock (_lock)
        {
            do _last = _last == ushort.MaxValue ? (ushort)1 : (ushort)(_last + 1);
            while (_waiting?.ContainsKey(_last) == true);
            if (acknowledged is not null)
                (_waiting ??= [])[_last] = acknowledged;
            return _last;
        }
    }

    /// <summary>The device has it.</summary>
    public void Acknowledged(ushort packetId)
    {
        Action? acknowledged;
        lock (_lock)
        {
            if (_waiting is null || !_waiting.Remove(packetId, out acknowledged))
                return;
        }

        acknowledged();
    }
}
