using IoTCentral.Core.Telemetry.Packs;

namespace IoTCentral.Data.Telemetry.Packs;

/// <summary>Goes through messages device by device.</summary>
internal static class DeviceSlices
{
    /// <summary>Places of each device's messages, as they were added; they may be put into another order.</summary>
    public static IEnumerable<Memory<int>> Of(MessageColumns messages)
    {
        var places = messages.ByDevice();
        for (int from = 0, to; from < places.Length; from = to)
        {
            for (
                to = from + 1;
                to < places.Length && messages[places[from]].DeviceKey == messages[places[to]].DeviceKey;

            )
                to++;
            yield return places.AsMemory(from, to - from);
        }
    }
}
