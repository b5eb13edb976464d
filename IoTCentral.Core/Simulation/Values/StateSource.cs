using System.Text.Json;

namespace IoTCentral.Core.Simulation;

/// <summary>A state: an enum's value or a boolean, held for a while.</summary>
internal sealed class StateSource(StateProfile profile, StateForm form, Rhythm rhythm, ulong seed) : ValueSource
{
    public override void Write(Utf8JsonWriter json, in Moment at, IReadOnlyList<(Episode Episode, Effect Effect)> felt)
    {
        var state = At(at);
        for (var i = 0; i < felt.Count; i++)
            if (felt[i].Effect.State is { } forced && felt[i].Effect.IsOn(felt[i].Episode, at.Time))
                state = forced;
        if (form == StateForm.Text)
            json.WriteStringValue(state);
        else
            // whole numbers, true and false are JSON as they are
            json.WriteRawValue(state);
    }

    private string At(in Moment at) =>
        profile switch
        {
            CycleStates cycle => rhythm.IsOn(at) ? cycle.On : cycle.Off,
            DoorStates door => rhythm.IsDoorOpen(at) ? door.Open : door.Closed,
            DwellStates dwell => Dwell(dwell, at),
            _ => "",
        };

    /// <summary>Slots of the dwell time, each with a state drawn by weight; its beginning is moved a bit, so that states
    /// do not change by the clock.</summary>
    private string Dwell(DwellStates dwell, in Moment at)
    {
        var place = (at.Time - DateTimeOffset.UnixEpoch) / dwell.Dwell + Noise.Unit(seed, 1);
        var slot = (long)Math.Floor(place);
        if (place - slot < 0.4 * Noise.Unit(seed ^ 1, slot))
            slot--;
        var draw = Noise.Unit(seed ^ 2, slot) * dwell.States.Sum(s => s.Weight);
        foreach (var (value, weight) in dwell.States)
        {
            draw -= weight;
            if (draw < 0)
                return value;
        }

        return dwell.States[0].Value;
    }
}

/// <summary>How a state is spelled in JSON.</summary>
internal enum StateForm
{
    Text,

    /// <summary>A whole number, true or false.</summary>
    Literal,
}
