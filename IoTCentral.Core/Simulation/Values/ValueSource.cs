using System.Text.Json;

namespace IoTCentral.Core.Simulation;

/// <summary>Where one simulated value comes from.</summary>
internal abstract class ValueSource
{
    /// <summary>Events are there only now and then; all else is in every message.</summary>
    public virtual bool IsPresent(in Moment at) => true;

    /// <summary>Writes the value; its name has been written.</summary>
    /// <param name="felt">Effects of episodes on this value, with the episode each belongs to; mostly empty.</param>
    public abstract void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt);
}
