using IoTCentral.Hub.Devices;

namespace IoTCentral.Hub.Mqtt;

/// <summary>What a signed-in connection is for: telemetry and twin of a device, or its registration.</summary>
internal abstract class Session
{
    /// <summary>When its token ends; the connection ends with it.</summary>
    public abstract DateTimeOffset TokenEnds { get; }

    /// <summary>
    /// Takes one PUBLISH, which lies in a buffer that is reused after this returns. The task completes when the next may
    /// be read. What must be acknowledged is in the connection's window.
    /// </summary>
    public abstract ValueTask PublishAsync(in PublishPacket packet);

    /// <summary>The QoS at which a filter is granted; null: refused.</summary>
    public abstract int? Subscribe(string filter, int qos);

    /// <summary>The SUBACK is on its way: what waits for the device may follow.</summary>
    public virtual void Subscribed() { }

    public abstract void Unsubscribe(string filter);

    /// <summary>Called once, when the device has its CONNACK on the way.</summary>
    public virtual void Begin() { }

    /// <summary>Called once when the connection has ended, whoever ended it.</summary>
    public abstract ValueTask EndAsync(Closing closing);

    /// <summary>Called each second.</summary>
    public virtual void Tick() { }
}
