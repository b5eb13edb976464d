using System.Collections.Frozen;

namespace IoTCentral.Core.Templates;

/// <summary>The types a DTDL element can carry besides its kind, and what they mean here.</summary>
public static class DtdlTypes
{
    /// <summary>Property that stays in the cloud.</summary>
    public const string Cloud = "Cloud";
    public const string State = "State";
    public const string Event = "Event";
    public const string Location = "Location";
    public const string VelocityVector = "VelocityVector";
    public const string AccelerationVector = "AccelerationVector";

    /// <summary>Property with an initial value.</summary>
    public const string Initialized = "Initialized";

    /// <summary>Relationship to the model of an IoT Edge module.</summary>
    public const string EdgeModule = "EdgeModule";

    public static IReadOnlyList<string> DeviceModelTypes { get; } = ["ModelDefinition", "DeviceModel"];

    /// <summary>Each quantity and the family its units are of (DTDL v2, DTDL v3 QuantitativeTypes v1).</summary>
    public static IReadOnlyDictionary<string, string> Quantities { get; } =
        new Dictionary<string, string>
        {
            ["Acceleration"] = "AccelerationUnit",
            ["Angle"] = "AngleUnit",
            ["AngularAcceleration"] = "AngularAccelerationUnit",
            ["AngularVelocity"] = "AngularVelocityUnit",
            ["ApparentEnergy"] = "ApparentEnergyUnit",
            ["ApparentPower"] = "ApparentPowerUnit",
            ["Area"] = "AreaUnit",
            ["Capacitance"] = "CapacitanceUnit",
            ["Concentration"] = "Unitless",
            ["Current"] = "CurrentUnit",
            ["DataRate"] = "DataRateUnit",
            ["DataSize"] = "DataSizeUnit",
            ["Density"] = "DensityUnit",
            ["Distance"] = "LengthUnit",
            ["ElectricCharge"] = "ChargeUnit",
            ["Energy"] = "EnergyUnit",
            ["EnergyRate"] = "PowerUnit",
            ["Force"] = "ForceUnit",
            ["Frequency"] = "FrequencyUnit",
            ["Humidity"] = "DensityUnit",
            ["Illuminance"] = "IlluminanceUnit",
            ["Inductance"] = "InductanceUnit",
            ["IonizingRadiationDose"] = "IonizingRadiationDoseUnit",
            ["Irradiance"] = "IrradianceUnit",
            ["Latitude"] = "AngleUnit",
            ["Length"] = "LengthUnit",
            ["Longitude"] = "AngleUnit",
            ["Luminance"] = "LuminanceUnit",
            ["Luminosity"] = "PowerUnit",
            ["LuminousFlux"] = "LuminousFluxUnit",
            ["LuminousIntensity"] = "LuminousIntensityUnit",
            ["MagneticFlux"] = "MagneticFluxUnit",
            ["MagneticInduction"] = "MagneticInductionUnit",
            ["Mass"] = "MassUnit",
            ["MassFlowRate"] = "MassFlowRateUnit",
            ["Power"] = "PowerUnit",
            ["Pressure"] = "PressureUnit",
            ["Radioactivity"] = "RadioactivityUnit",
            ["ReactiveEnergy"] = "ReactiveEnergyUnit",
            ["ReactivePower"] = "ReactivePowerUnit",
            ["RelativeDensity"] = "Unitless",
            ["RelativeHumidity"] = "Unitless",
            ["Resistance"] = "ResistanceUnit",
            ["SoundPressure"] = "SoundPressureUnit",
            ["Temperature"] = "TemperatureUnit",
            ["Thrust"] = "ForceUnit",
            ["TimeSpan"] = "TimeUnit",
            ["Torque"] = "TorqueUnit",
            ["Velocity"] = "VelocityUnit",
            ["Voltage"] = "VoltageUnit",
            ["Volume"] = "VolumeUnit",
            ["VolumeFlowRate"] = "VolumeFlowRateUnit",
        }.ToFrozenDictionary();

    private static readonly FrozenSet<string> IotCentral = new[]
    {
        State,
        Event,
        Location,
        VelocityVector,
        AccelerationVector,
    }.ToFrozenSet();

    private static readonly FrozenSet<string> ValueTypes = new[]
    {
        "NumberValue",
        "StringValue",
        "BooleanValue",
        "DateTimeValue",
        "DateValue",
        "TimeValue",
        "DurationValue",
        "EnumValue",
        "GeopointValue",
        "LocationValue",
        "VectorValue",
        "ObjectValue",
        "MapValue",
        "ArrayValue",
    }.ToFrozenSet();

    /// <summary>A quantity or one of IoT Central's types State, Event, Location, VelocityVector, AccelerationVector.</summary>
    public static bool IsSemantic(string type) => Quantities.ContainsKey(type) || IotCentral.Contains(type);

    /// <summary>IoT Central's marker of how a value is edited and shown, e.g. <c>NumberValue</c>.</summary>
    public static bool IsValueType(string type) => ValueTypes.Contains(type);

    /// <summary>A type that has an effect here or none worth a word.</summary>
    public static bool IsKnown(string type) =>
        IsSemantic(type) || IsValueType(type) || type is Cloud or Initialized or EdgeModule;

    /// <summary>The value type IoT Central gives a schema; null where it has none that we know.</summary>
    public static string? ValueTypeOf(Schema schema) =>
        schema.Kind switch
        {
            SchemaKind.Integer or SchemaKind.Long or SchemaKind.Float or SchemaKind.Double => "NumberValue",
            SchemaKind.String => "StringValue",
            SchemaKind.Boolean => "BooleanValue",
            SchemaKind.DateTime => "DateTimeValue",
            _ => null,
        };
}
