namespace IoTCentral.Core.Common;

public enum Comparison
{
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

/// <summary>A condition on the fields of things in a list, put together freely, as programs ask for it.</summary>
/// <typeparam name="TField">What a thing can be asked about.</typeparam>
public abstract record FieldCondition<TField>
    where TField : struct, Enum
{
    private FieldCondition() { }

    public sealed record Both(FieldCondition<TField> Left, FieldCondition<TField> Right) : FieldCondition<TField>;

    public sealed record Any(FieldCondition<TField> Left, FieldCondition<TField> Right) : FieldCondition<TField>;

    /// <param name="Value">Text, or a boolean for what is or is not; null: nothing there.</param>
    public sealed record Compare(TField Field, Comparison Comparison, object? Value) : FieldCondition<TField>;

    /// <summary>The place where the text begins inside the field, from 0; −1 when it is not there.</summary>
    public sealed record IndexOf(TField Field, string Text, Comparison Comparison, int Place) : FieldCondition<TField>;
}
