//! What an export may be: the rules of its form.

use std::{collections::BTreeMap, str::FromStr};

use super::{
    Consumer, DeliveryMethod, ExportFields, ExportForm, ExportSettings, Selects, settings,
};
use crate::{Field, FieldProblem, Name, ServiceError, access::parse_id};

impl ExportForm {
    /// Checks every field. Settings that are not typed take their usual value; those that consumer
    /// and delivery method do not ask for become empty.
    ///
    /// # Errors
    /// All problems at once.
    pub fn parse(&self) -> Result<ExportFields, ServiceError> {
        let mut problems = Vec::new();
        let name = Name::parse(&self.name).map_err(|problem| problems.push(problem)).ok();
        let consumer = Consumer::parse(&self.consumer);
        if consumer.is_none() {
            problems.push(Field::Consumer.problem("Choose who reads the export."));
        }
        let carrier = consumer.and_then(|consumer| {
            carrier(consumer, &self.carrier).map_err(|problem| problems.push(problem)).ok()
        });
        let selects = consumer.map(|consumer| consumer.facts().selects);
        let credentials = match selects {
            Some(Selects::Credentials) => {
                chosen(Field::Credentials, &self.credentials, "Choose at least one credential.")
            }
            _ => Ok(Vec::new()),
        };
        let credentials = credentials.map_err(|problem| problems.push(problem)).ok();
        let repositories = match selects {
            Some(Selects::Repositories) => {
                chosen(Field::Repositories, &self.repositories, "Choose at least one repository.")
            }
            _ => Ok(Vec::new()),
        };
        let repositories = repositories.map_err(|problem| problems.push(problem)).ok();
        let checked = match (consumer, carrier) {
            (Some(consumer), Some(carrier)) => {
                settings::checked(&self.settings, consumer, carrier, &mut problems)
            }
            _ => ExportSettings::default(),
        };
        match (name, consumer, carrier, credentials, repositories) {
            (Some(name), Some(consumer), Some(carrier), Some(credentials), Some(repositories))
                if problems.is_empty() =>
            {
                Ok(ExportFields {
                    name,
                    consumer,
                    carrier,
                    credentials,
                    repositories,
                    settings: checked,
                    agreed: BTreeMap::new(),
                })
            }
            _ => Err(ServiceError::Invalid(problems)),
        }
    }
}

fn carrier(consumer: Consumer, typed: &str) -> Result<DeliveryMethod, FieldProblem> {
    match consumer.facts().carriers {
        // There is nothing to choose.
        [only] => Ok(*only),
        some => DeliveryMethod::parse(typed)
            .filter(|carrier| some.contains(carrier))
            .ok_or_else(|| Field::Carrier.problem("Choose how the values get to the cluster.")),
    }
}

fn chosen<T: FromStr + PartialEq>(
    field: Field,
    typed: &[String],
    none: &str,
) -> Result<Vec<T>, FieldProblem> {
    let mut ids: Vec<T> = Vec::with_capacity(typed.len());
    for text in typed.iter().filter(|text| !text.is_empty()) {
        let id = parse_id(field, text)?;
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    if ids.is_empty() { Err(field.problem(none)) } else { Ok(ids) }
}
