namespace IoTCentral.Hub.Devices;

/// <summary>How long a connection may keep us waiting, and we it, whatever it speaks.</summary>
internal static class Patience
{
    /// <summary>A device that takes no bytes for this long is not reading.</summary>
    public static readonly TimeSpan LongestWrite = TimeSpan.FromSeconds(30);

    /// <summary>A stopping program waits this long for storage; its whole stop may take 15 s.</summary>
    public static readonly TimeSpan LongestFinish = TimeSpan.FromSeconds(8);

    /// <summary>What is being written when the connection ends may still arrive.</summary>
    public static readonly TimeSpan LongestGoodbye = TimeSpan.FromSeconds(2);

    /// <summary>We do not read a device for this long when nothing can be stored; then its SDK's retry takes over.</summary>
    public static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(60);
}
